"""Refuse to start with a way out of a case that leads nowhere."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from exceptions.rules.kinds import KINDS

NEEDED = ("label", "needs_reason", "roles", "propose", "apply")


@register()
def check_resolutions(
    app_configs: Sequence[AppConfig] | None, **_options: Any
) -> list[CheckMessage]:
    """Resolve every line of the map, and find kinds that nobody knows."""
    table: Mapping[tuple[str, str], str] = import_module(settings.RESOLUTIONS).RESOLUTIONS
    return [*_unknown_kinds(table), *_unresolved(table)]


def _unknown_kinds(table: Mapping[tuple[str, str], str]) -> Iterator[CheckMessage]:
    for kind in sorted({kind for kind, _ in table} - KINDS.keys()):
        yield Error(f"{kind} is no kind of case.", id="exceptions.E001")


def _unresolved(table: Mapping[tuple[str, str], str]) -> Iterator[CheckMessage]:
    for path in sorted(set(table.values())):
        try:
            resolution = import_string(path)
        except ImportError as error:
            yield Error(f"The resolution {path} leads nowhere: {error}", id="exceptions.E002")
            continue
        for name in NEEDED:
            if not hasattr(resolution, name):
                yield Error(f"The resolution {path} lacks {name}.", id="exceptions.E003")

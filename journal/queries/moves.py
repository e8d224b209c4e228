"""The legal moves that the models declare."""

from django.apps import apps

from journal.models import Lifecycle


def lifecycles() -> list[type[Lifecycle]]:
    """Return every model whose status moves by declared transitions, by table."""
    found = [model for model in apps.get_models() if issubclass(model, Lifecycle)]
    return sorted(found, key=lambda model: model._meta.db_table)


def declared_moves() -> set[tuple[str, str, str]]:
    """Return every legal (table, from, to) that the models declare."""
    return {
        (model._meta.db_table, before, after)
        for model in lifecycles()
        for before, after in model.TRANSITIONS
    }

"""The ten minutes of docs/api.md, command by command."""

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from billing.models import Invoice
from dispatch.models import Load
from tests.api.world import World, a_world
from tests.dispatch.files import pdf

pytestmark = pytest.mark.django_db

TEXT = (Path(settings.BASE_DIR) / "docs/api.md").read_text()


def commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    return [shlex.split(line) for line in "\n".join(blocks).splitlines() if line[:5] == "curl "]


@pytest.fixture
def world(drain, now) -> World:
    return a_world(now=now, drain=drain)


def ask(world: World, words: list[str]) -> Any:
    """Send what a curl command sends, by the key of the world."""
    told = [word.replace("$LOAD", Load.objects.latest("pk").number) for word in words]
    options: dict[str, list[str]] = {"-X": [], "-H": [], "-d": [], "-F": []}
    for name, value in pairwise(told):
        if name in options:
            options[name].append(value)
    (address,) = [word for word in told if word.startswith("$API/")]
    path = address.removeprefix("$API/")
    keys = [each.split(": ")[1] for each in options["-H"] if each.startswith("Idempotency")]
    once = keys[0] if keys else None
    if options["-F"]:
        form: dict[str, Any] = dict(each.split("=", 1) for each in options["-F"])
        form["content"] = SimpleUploadedFile(form["content"].removeprefix("@"), pdf())
        return world.system.upload(path, once=once, **form)
    body = json.loads(options["-d"][0]) if options["-d"] else None
    return world.system.send((options["-X"] or ["GET"])[0], path, body, once=once)


def test_the_walk_leads_from_a_load_to_its_invoice(world) -> None:
    before = Invoice.objects.count()

    answers = [(words, ask(world, words)) for words in commands()]

    refused = [(w[1:4], a.status_code, a.content) for w, a in answers if a.status_code > 299]
    assert refused == []
    assert len(answers) == 12
    assert Invoice.objects.count() == before + 1
    assert Invoice.objects.order_by("-pk")[0].load_claims.get().load == Load.objects.latest("pk")

"""Row 1: a page of an invoice, drawn as Lading draws it and as one would at first."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.template import engines
from weasyprint import HTML

from billing.operations.rendering import render_pdf
from billing.operations.typesetting import set_page
from billing.rules.snapshot import InvoiceSnapshot
from insights.benches.measuring import Goal, Side, compare
from insights.benches.papers import a_document
from insights.benches.processor import processor_clock
from insights.benches.reporting import Finding
from insights.benches.sizes import Sizes

NATURAL = Path(__file__).with_name("natural_invoice.html")
# Loads of a document, and the most it may take of what the natural one takes.
GOALS = {1: Goal(0.65, is_most=True), 12: Goal(0.72, is_most=True)}


def measure_documents(sizes: Sizes) -> Iterator[Finding]:
    """Draw a document of one page, and a consolidated one, both ways."""
    draw = naturally()
    for loads, goal in GOALS.items():
        document = a_document(loads=min(loads, sizes.loads))
        pages = render_pdf(document).pages
        yield compare(
            f"1  an invoice of {pages} page{'s' if pages > 1 else ''}, PDF/A-3b with its data",
            Side("natural template, plain PDF", [partial(draw, document)], 1),
            Side("ours", [partial(render_pdf, document)], 1),
            goal=goal,
            rounds=sizes.rounds,
            clock=processor_clock([connection]),
        )


def naturally() -> Callable[[InvoiceSnapshot], bytes]:
    """Return the way everybody begins with: one call, flex boxes, the style inside."""
    template = engines["django"].from_string(NATURAL.read_text(encoding="utf-8"))
    mark = (settings.BASE_DIR / "templates/billing/mark.svg").read_bytes()
    logo = f"data:image/svg+xml;base64,{b64encode(mark).decode()}"

    def draw(document: InvoiceSnapshot) -> bytes:
        told = {"doc": document, "page": set_page(document), "logo": logo}
        drawn: bytes = HTML(string=template.render(told)).write_pdf()
        return drawn

    return draw

"""Papers of loads, and which of them are a customer's to see."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Principal
from dispatch.models import Document, Load

# Papers about the customer's own freight; what we agreed with a carrier is none of them.
CUSTOMERS_KINDS = (
    Document.Kind.POD,
    Document.Kind.BOL,
    Document.Kind.LUMPER_RECEIPT,
    Document.Kind.SCALE_TICKET,
    Document.Kind.TEMPERATURE_LOG,
)
CUSTOMERS = {"kind__in": CUSTOMERS_KINDS, "status": Document.Status.ACCEPTED}


def known_papers(principal: Principal | Any) -> QuerySet[Document]:
    """Return the papers that `principal` may see: of a customer's loads, those of the portal."""
    papers = Document.objects.for_user(principal).select_related("load", "stop")
    return papers if principal.customer_ids is None else papers.filter(**CUSTOMERS)


def papers_of(load: Load, principal: Principal | Any) -> QuerySet[Document]:
    """Return the papers of a load that `principal` may see."""
    return known_papers(principal).filter(load=load)

"""Rows of billing."""

from billing.models.blocker import Blocker
from billing.models.charge import Charge
from billing.models.claim import BillingClaim, LoadClaim
from billing.models.entity import LegalEntity, Series
from billing.models.invoice import Invoice, InvoiceDocument, InvoiceLine, InvoiceState
from billing.models.load_billing import LoadBilling
from billing.models.policy import PolicyRule, ReadinessPolicy
from billing.models.rating_record import RatingRecord
from billing.models.tax import InvoiceLineTax, TaxRecord, TaxRegistration

__all__ = [
    "BillingClaim",
    "Blocker",
    "Charge",
    "Invoice",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoiceLineTax",
    "InvoiceState",
    "LegalEntity",
    "LoadBilling",
    "LoadClaim",
    "PolicyRule",
    "RatingRecord",
    "ReadinessPolicy",
    "Series",
    "TaxRecord",
    "TaxRegistration",
]

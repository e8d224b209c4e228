"""Rows of billing."""

from billing.models.blocker import Blocker
from billing.models.charge import Charge
from billing.models.claim import BillingClaim, LoadClaim
from billing.models.entity import LegalEntity, Series
from billing.models.invoice import Invoice, InvoiceDocument, InvoiceLine, InvoiceState
from billing.models.load_billing import LoadBilling
from billing.models.payment import Payment, PaymentApplication
from billing.models.policy import PolicyRule, ReadinessPolicy
from billing.models.rating_record import RatingRecord
from billing.models.run import InvoiceRequest, InvoiceRequestLoad, InvoiceRun
from billing.models.tax import InvoiceLineTax, TaxRecord, TaxRegistration

__all__ = [
    "BillingClaim",
    "Blocker",
    "Charge",
    "Invoice",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoiceLineTax",
    "InvoiceRequest",
    "InvoiceRequestLoad",
    "InvoiceRun",
    "InvoiceState",
    "LegalEntity",
    "LoadBilling",
    "LoadClaim",
    "Payment",
    "PaymentApplication",
    "PolicyRule",
    "RatingRecord",
    "ReadinessPolicy",
    "Series",
    "TaxRecord",
    "TaxRegistration",
]

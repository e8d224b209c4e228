"""Rows of accounts."""

from accounts.models.answer import KeptAnswer
from accounts.models.customer import Customer
from accounts.models.key import APIKey
from accounts.models.membership import Membership
from accounts.models.preference import NoticePreference
from accounts.models.scope import Principal, ScopedManager, ScopedQuerySet
from accounts.models.sign_in import PasswordRequest, RolePolicy
from accounts.models.tax import ExemptionCertificate, TaxProfile
from accounts.models.user import Density, Theme, User

__all__ = [
    "APIKey",
    "Customer",
    "Density",
    "ExemptionCertificate",
    "KeptAnswer",
    "Membership",
    "NoticePreference",
    "PasswordRequest",
    "Principal",
    "RolePolicy",
    "ScopedManager",
    "ScopedQuerySet",
    "TaxProfile",
    "Theme",
    "User",
]

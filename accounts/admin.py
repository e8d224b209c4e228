"""A window on customers: reference data, changed through the operation that tells of it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import DateField, ModelForm
from django.http import HttpRequest
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from accounts.models import Customer, ExemptionCertificate, Membership, TaxProfile
from accounts.operations.changing import save_customer
from accounts.operations.inviting import appoint
from accounts.operations.taxing import (
    VatIdOfAnotherState,
    add_certificate,
    check_vat_id,
    record_vat_check,
    save_tax_profile,
)


@admin.register(Customer)
class CustomerAdmin(SimpleHistoryAdmin):  # type: ignore[misc]  # comes without types
    """Customers and their terms. New ones come through `enrolling.create_customer`."""

    list_display = (
        "code", "name", "status", "terms_days", "currency", "billing_mode", "invoice_grouping",
    )  # fmt: skip
    list_filter = ("status", "billing_mode", "invoice_grouping")
    search_fields = ("code", "name")
    readonly_fields = ("code", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave making customers to the operation."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Customer | None = None) -> bool:
        """Keep whoever was ever billed."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Customer,
        form: "ModelForm[Customer]",
        change: bool,  # noqa: FBT001
    ) -> None:
        """Write what the form changed, and tell of it."""
        actor: Any = request.user
        save_customer(obj, changed=form.changed_data, by=actor.actor, at=timezone.now())


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who works for which customer; here a customer's first administrator is appointed."""

    list_display = ("user", "customer", "is_administrator", "created_at")
    list_filter = ("is_administrator",)
    list_select_related = ("user", "customer")
    search_fields = ("user__email", "user__name", "customer__name", "customer__code")
    readonly_fields = ("user", "customer", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave making people to the operations."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """Leave removing them to the operations, which end their sign-in too."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Membership,
        form: "ModelForm[Membership]",
        change: bool,  # noqa: FBT001
    ) -> None:
        """Appoint, and tell of it."""
        actor: Any = request.user
        appoint(obj, is_administrator=obj.is_administrator, by=actor.actor, at=timezone.now())


class TaxProfileForm(ModelForm):  # type: ignore[type-arg]
    """Where a customer is established, its VAT id, and what VIES answered about that."""

    class Meta:
        model = TaxProfile
        fields = (
            "customer", "country", "vat_id", "is_business", "is_carrier", "vat_check",
            "vat_check_reference",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a VAT id of another state, and an answer about none."""
        told = super().clean() or {}
        try:
            told["vat_id"] = check_vat_id(told.get("vat_id", ""), country=told.get("country", ""))
        except VatIdOfAnotherState as error:
            raise ValidationError({"vat_id": str(error)}) from error
        if told.get("vat_check") and not told["vat_id"]:
            raise ValidationError({"vat_check": "There is no VAT id that VIES could know."})
        return told


@admin.register(TaxProfile)
class TaxProfileAdmin(SimpleHistoryAdmin):  # type: ignore[misc]  # comes without types
    """What customers are to the tax authorities."""

    form = TaxProfileForm
    list_display = ("customer", "country", "vat_id", "vat_check", "is_business", "is_carrier")
    search_fields = ("customer__code", "customer__name", "vat_id")
    readonly_fields = ("vat_checked_at",)

    def has_delete_permission(self, request: HttpRequest, obj: TaxProfile | None = None) -> bool:
        """Keep what invoices were taxed by."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: TaxProfile,
        form: "ModelForm[TaxProfile]",
        change: bool,  # noqa: FBT001
    ) -> None:
        """Write profile and answer through the operations that tell of them."""
        actor: Any = request.user
        told, at = form.cleaned_data, timezone.now()
        profile = save_tax_profile(
            told["customer"], country=told["country"], vat_id=told["vat_id"],
            is_business=told["is_business"], is_carrier=told["is_carrier"], by=actor.actor, at=at,
        )  # fmt: skip
        obj.pk = profile.pk
        if told["vat_check"] != profile.vat_check:
            record_vat_check(
                profile, result=told["vat_check"], reference=told["vat_check_reference"],
                by=actor.actor, at=at,
            )  # fmt: skip


class CertificateForm(ModelForm):  # type: ignore[type-arg]
    """A certificate that exempts a customer."""

    valid_to = DateField(required=False)

    class Meta:
        model = ExemptionCertificate
        fields = ("customer", "jurisdiction", "number", "valid_from", "valid_to")


@admin.register(ExemptionCertificate)
class CertificateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Exemption certificates: added, never edited."""

    form = CertificateForm
    list_display = ("customer", "jurisdiction", "number", "valid_from", "valid_to")

    def has_change_permission(self, *args: object) -> bool:
        """Nobody edits a certificate."""
        return False

    def has_delete_permission(self, *args: object) -> bool:
        """Keep what invoices were taxed by."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: ExemptionCertificate,
        form: "ModelForm[ExemptionCertificate]",
        change: bool,  # noqa: FBT001
    ) -> None:
        """Keep the certificate, and tell of it."""
        actor: Any = request.user
        kept = add_certificate(by=actor.actor, at=timezone.now(), **form.cleaned_data)
        obj.pk = kept.pk

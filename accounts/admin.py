"""A window on customers: reference data, changed through the operation that tells of it."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from accounts.models import Customer
from accounts.operations.changing import save_customer


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

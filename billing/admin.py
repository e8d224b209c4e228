"""Who bills, and the numbers under which it charges taxes."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from billing.models import TaxRegistration
from billing.operations.registering import register_for_tax


class RegistrationForm(ModelForm):  # type: ignore[type-arg]
    """A number with a tax authority."""

    class Meta:
        model = TaxRegistration
        fields = ("entity", "scheme", "jurisdiction", "number", "valid_from")


@admin.register(TaxRegistration)
class TaxRegistrationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Tax registrations: added through the operation that tells of them, never edited."""

    form = RegistrationForm
    list_display = ("entity", "scheme", "jurisdiction", "number", "valid_from", "valid_to")

    def has_change_permission(self, *args: object) -> bool:
        """Nobody edits a number that documents print."""
        return False

    def has_delete_permission(self, *args: object) -> bool:
        """Nobody removes a number that documents print."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: TaxRegistration,
        form: "ModelForm[TaxRegistration]",
        change: bool,  # noqa: FBT001
    ) -> None:
        """Keep the number, and tell of it: loads that waited for it are looked at again."""
        actor: Any = request.user
        kept = register_for_tax(by=actor.actor, at=timezone.now(), **form.cleaned_data)
        obj.pk = kept.pk

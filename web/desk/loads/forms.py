"""What people tell a load: papers and events."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from dispatch.models import Document, Load, LoadCost, Milestone, Stop
from dispatch.rules.details import NEEDS_NOTE, NEEDS_STOP, find_fault
from journal.rules.instants import YEARS
from web.desk.loads.particulars import NEEDS, PAUSE_REASONS, SERVICE_CHOICES, detail_of
from web.numbers import PlainDecimalField
from web.uploads import UPLOAD_HINT

Kind = Milestone.Kind

# What staff may tell; what partners' systems alone can know is not among it.
TOLD_KINDS = (
    Kind.ARRIVED,
    Kind.DEPARTED,
    Kind.DELIVERED,
    Kind.ACCEPTED,
    Kind.DISPATCHED,
    Kind.IN_TRANSIT,
    Kind.CHECK_CALL,
    Kind.DELAYED,
    Kind.SERVICE,
    Kind.PAUSED,
    Kind.REWEIGHED,
    Kind.RECLASSED,
    Kind.CANCELLED,
    Kind.TRUCK_NOT_USED,
)
# Charges that are made by hand, in the house's own codes.
MANUAL_CODES = {
    "DET": "Detention",
    "LUM": "Lumper",
    "SOC": "Stop-off",
    "LAY": "Layover",
    "RED": "Redelivery",
    "SCL": "Scale ticket",
    "TONU": "Truck ordered, not used",
    "ADJ": "Adjustment",
}


class StopChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A stop of the load, named as drivers name it."""

    def label_from_instance(self, obj: Any) -> str:
        """Write number, kind and place."""
        return f"{obj.sequence} {obj.get_kind_display()}, {obj.name}"


class LoadForm(forms.Form):
    """A form about one load; its stops are the ones to choose from.

    Several of them stand on one page, so each names the ids of its fields.
    """

    ids = ""

    def __init__(self, *args: Any, load: Load, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"{self.ids}_%s"
        super().__init__(*args, **kwargs)
        stop = self.fields["stop"]
        if isinstance(stop, StopChoice):
            stop.queryset = load.stops.order_by("sequence")


class UploadForm(LoadForm):
    """A paper and what it says."""

    ids = "upload"

    content = forms.FileField(label="File", help_text=UPLOAD_HINT)
    kind = forms.ChoiceField(choices=Document.Kind.choices, initial=Document.Kind.POD)
    stop = StopChoice(Stop.objects.none(), required=False, empty_label="The whole load")
    signed_by = forms.CharField(max_length=120, required=False)
    receipt_number = forms.CharField(max_length=40, required=False)
    amount = PlainDecimalField(
        max_digits=12, decimal_places=2, min_value=0, required=False,
        help_text="What a lumper receipt or scale ticket says.",
    )  # fmt: skip
    is_for_others = forms.BooleanField(label="Somebody else has to check it", required=False)

    def clean_content(self) -> "UploadedFile[bytes]":
        """Refuse what is too large before it is read."""
        content: UploadedFile[bytes] = self.cleaned_data["content"]
        if (content.size or 0) > settings.UPLOAD_LIMIT_BYTES:
            raise forms.ValidationError(f"The file is too large. {UPLOAD_HINT}.")
        return content


class ChargeForm(LoadForm):
    """A charge that no rate card knows."""

    ids = "charge"

    code = forms.ChoiceField(label="Charge", choices=list(MANUAL_CODES.items()))
    stop = StopChoice(Stop.objects.none(), required=False, empty_label="The whole load")
    quantity = PlainDecimalField(max_digits=12, decimal_places=4, min_value=0, initial=1)
    unit = forms.CharField(max_length=12, required=False)
    rate = PlainDecimalField(label="Rate per unit", max_digits=12, decimal_places=4)
    reason = forms.CharField(
        max_length=1000, widget=forms.Textarea, help_text="Stays with the charge."
    )

    def __init__(self, *args: Any, load: Load, **kwargs: Any) -> None:
        super().__init__(*args, load=load, **kwargs)
        self.fields["rate"].label = f"Rate per unit, {load.currency}"

    @property
    def description(self) -> str:
        """Return what the invoice will call the charge."""
        name, stop = MANUAL_CODES[self.cleaned_data["code"]], self.cleaned_data["stop"]
        return f"{name}, stop {stop.sequence}" if stop else name


class CostForm(forms.Form):
    """What the load costs, in the currency it is paid in."""

    kind = forms.ChoiceField(label="Who is paid", choices=LoadCost.Kind.choices)
    amount = PlainDecimalField(max_digits=14, decimal_places=2, min_value=0)
    currency = forms.RegexField(
        "^[A-Z]{3}$", max_length=3, error_messages={"invalid": "Three letters, such as USD."}
    )
    note = forms.CharField(max_length=160, required=False)

    def __init__(self, *args: Any, load: Load, **kwargs: Any) -> None:
        kwargs["auto_id"] = "cost_%s"
        super().__init__(*args, **kwargs)
        self.fields["currency"].initial = load.currency


class EventForm(LoadForm):
    """Something that happened, told on the clock of the place where it did."""

    ids = "event"

    kind = forms.ChoiceField(
        label="What happened", choices=[(kind.value, kind.label) for kind in TOLD_KINDS]
    )
    stop = StopChoice(Stop.objects.none(), required=False, empty_label="The whole load")
    occurred_at = forms.DateTimeField(
        label="When",
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="On the clock of the stop; without a stop, on yours.",
    )
    which = forms.ChoiceField(
        label="Which of the two",
        required=False,
        choices=[("", "Choose"), ("0", "The first, summer time"), ("1", "The second, winter time")],
    )
    service = forms.ChoiceField(choices=SERVICE_CHOICES, required=False)
    quantity = PlainDecimalField(
        label="How much", max_digits=9, decimal_places=2, min_value=0, required=False,
        help_text="Nights, miles, days of a service; pounds on the scale; minutes of a pause.",
    )  # fmt: skip
    reason = forms.ChoiceField(label="Why not counted", choices=PAUSE_REASONS, required=False)
    freight_class = forms.CharField(label="Class found", max_length=8, required=False)
    authority = forms.CharField(
        label="Authorised by, or certificate", max_length=80, required=False
    )
    note = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, load: Load, timezone: str, **kwargs: Any) -> None:
        super().__init__(*args, load=load, **kwargs)
        self.timezone = timezone

    def clean(self) -> dict[str, Any]:
        """Ask for the stop and the reason where a fact makes no sense without."""
        told = super().clean() or {}
        kind, stop = told.get("kind"), told.get("stop")
        if kind in NEEDS_STOP and stop is None:
            self.add_error("stop", "Say at which stop.")
        if kind in NEEDS_NOTE and not told.get("note"):
            self.add_error("note", "Say why: it stays with the load.")
        self._ask_particulars(told)
        if wall := told.get("occurred_at"):
            told["occurred_at"] = self._instant(wall.replace(tzinfo=None), stop)
        return told

    def _ask_particulars(self, told: dict[str, Any]) -> None:
        """Ask for what the kind of event cannot do without, and refuse what makes no sense."""
        kind = told.get("kind", "")
        name, words = NEEDS.get(kind, ("", ""))
        if name and not told.get(name):
            if name not in self.errors:
                self.add_error(name, words)
        elif name and not self.errors and (fault := find_fault(kind, detail_of(told))):
            self.add_error(name, fault)

    @property
    def has_particulars(self) -> bool:
        """Tell whether something of a service, pause, scale or class was typed or is missing."""
        names = ("service", "quantity", "reason", "freight_class", "authority")
        return any(self[name].errors or self[name].value() for name in names)

    def _instant(self, wall: datetime, stop: Stop | None) -> datetime | None:
        """Read the wall clock of the place; raises no error but notes it on the field."""
        if wall.year not in YEARS:
            self.add_error("occurred_at", "Look at the year.")
            return None
        zone = ZoneInfo(stop.timezone if stop else self.timezone)
        local = wall.replace(tzinfo=zone)
        if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
            self.add_error("occurred_at", "Clocks went forward that night: this time never was.")
            return None
        if not is_doubled(local):
            return local
        which = self.cleaned_data.get("which")
        if not which:
            self.add_error("which", "Clocks went back that night: this time came twice.")
            return None
        return local.replace(fold=int(which))


def is_doubled(local: datetime) -> bool:
    """Tell whether a wall clock showed this time twice that night."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()

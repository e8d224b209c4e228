"""What dispatchers tell a load from the board, with as few keys as it takes."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from dispatch.models import Carrier, Driver, Load, Milestone, Stop
from web.desk.loads.forms import EventForm, LoadForm, StopChoice

Kind = Milestone.Kind
WALL = "%Y-%m-%dT%H:%M"

# In the order in which a load goes through them.
QUICK_KINDS = (
    Kind.ACCEPTED,
    Kind.DISPATCHED,
    Kind.ARRIVED,
    Kind.DEPARTED,
    Kind.IN_TRANSIT,
    Kind.DELIVERED,
    Kind.DELAYED,
    Kind.CANCELLED,
    Kind.TRUCK_NOT_USED,
)


class QuickEventForm(EventForm):
    """The next thing that happens to a load; it is filled in already where the load tells it."""

    ids = "quick"
    service = quantity = reason = freight_class = authority = None  # type: ignore[assignment]
    kind = forms.ChoiceField(
        label="What happened",
        choices=[(kind.value, kind.label) for kind in QUICK_KINDS],
        widget=forms.Select(attrs={"autofocus": True}),
    )


class CheckCallForm(LoadForm):
    """What a driver said on the telephone, now."""

    ids = "call"

    note = forms.CharField(
        label="What the driver said", max_length=500, required=False,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )  # fmt: skip
    city = forms.CharField(label="Where", max_length=80, required=False)
    state = forms.CharField(max_length=3, required=False)
    stop = StopChoice(
        Stop.objects.none(), label="Next stop", required=False, empty_label="Choose a stop"
    )
    eta = forms.DateTimeField(
        label="Expected there", required=False, input_formats=[WALL],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WALL),
        help_text="On the clock of that stop.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for something to keep; an estimate is one of a stop."""
        told = super().clean() or {}
        if not (told.get("note") or told.get("city") or told.get("eta")) and not self.errors:
            raise forms.ValidationError("Say what was said, where the truck is, or the ETA.")
        if told.get("eta") and told.get("stop") is None:
            self.add_error("stop", "Say for which stop.")
        elif told.get("eta"):
            zone = ZoneInfo(told["stop"].timezone)
            told["eta"] = told["eta"].replace(tzinfo=zone)
        return told


class DriverChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A driver as a dispatcher finds one: name, truck, carrier."""

    def label_from_instance(self, obj: Any) -> str:
        """Write name, truck and carrier."""
        return ", ".join(filter(None, (obj.name, obj.truck, obj.carrier.scac)))


class CarrierChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A carrier found by its SCAC."""

    def label_from_instance(self, obj: Any) -> str:
        """Write SCAC and name."""
        return f"{obj.scac} {obj.name}"


class AssignForm(forms.Form):
    """Who drives: a driver, whose carrier is known, or a carrier alone."""

    driver = DriverChoice(
        Driver.objects.filter(carrier__is_active=True).select_related("carrier").order_by("name"),
        required=False, empty_label="The carrier sends somebody",
        widget=forms.Select(attrs={"autofocus": True}),
    )  # fmt: skip
    carrier = CarrierChoice(
        Carrier.objects.filter(is_active=True).order_by("scac"),
        required=False, empty_label="The driver's own",
    )  # fmt: skip
    truck = forms.CharField(
        max_length=20, required=False, help_text="Empty for the driver's usual one."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "assign_%s"
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Ask for somebody."""
        told = super().clean() or {}
        if not (told.get("driver") or told.get("carrier")) and not self.errors:
            raise forms.ValidationError("Choose a driver or a carrier.")
        if told.get("driver") and not told.get("carrier"):
            told["carrier"] = told["driver"].carrier
        return told


def next_event(load: Load, stops: list[Stop]) -> tuple[str, Stop | None]:
    """Return what happens to a load next, as it stands, and at which stop."""
    open_stops = [stop for stop in stops if stop.status != Stop.Status.SKIPPED]
    here = next((stop for stop in open_stops if stop.status == Stop.Status.ARRIVED), None)
    ahead = next((stop for stop in open_stops if stop.status == Stop.Status.PENDING), None)
    if load.status == Load.Status.TENDERED:
        return Kind.ACCEPTED, None
    if load.status in (Load.Status.PLANNED, Load.Status.ACCEPTED):
        return Kind.DISPATCHED, None
    if here is not None:
        is_last = here == open_stops[-1]
        return (Kind.DELIVERED if is_last else Kind.DEPARTED), here
    if ahead is not None:
        return Kind.ARRIVED, ahead
    return Kind.DELIVERED, open_stops[-1] if open_stops else None


def wall_now(at: datetime, zone: str) -> str:
    """Return the instant as a field of a wall clock takes it."""
    return at.astimezone(ZoneInfo(zone)).strftime(WALL)

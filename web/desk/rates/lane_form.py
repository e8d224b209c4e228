"""Every cell of a lane, in the words of a sheet; what they mean is read by the operation."""

from collections.abc import Mapping

from django import forms

from dispatch.models import Load
from rating.engine.bases import LANE_BASES
from rating.operations.editing import LANE_COLUMNS
from web.desk.rates.words import spoken_basis

BASES = [(each.value, spoken_basis(each.value).capitalize()) for each in sorted(LANE_BASES)]
ANY = ("", "Any")
LABELS = {
    "discount_percent": "Discount, %",
    "cost_floor": "Cost floor",
    "shipment_type": "Shipment type",
    "breaks": "Weight breaks",
}
HINTS = {
    "origin": "60436, 604, Joliet, IL, zone MW-1, or * for anywhere.",
    "destination": "43137, 431, OH, region WEST, or *.",
    "cost_floor": "What a unit costs us; it warns and prices nothing.",
    "priority": "Higher wins where two lanes are as precise.",
    "breaks": "Rate per cwt from a weight on, 0: 14.38; 500: 10.29; 500 class 70: 9.10",
}


class LaneForm(forms.Form):
    """The cells of one lane as text."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in LANE_COLUMNS:
            self.fields[name] = _field(name)

    def told(self) -> dict[str, str]:
        """Return each cell as it was typed."""
        return {name: str(self.data.get(name, ""))[:2000] for name in LANE_COLUMNS}

    def refuse(self, faults: Mapping[str, str]) -> None:
        """Put each fault beside its cell."""
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, sentence)


def _field(name: str) -> forms.Field:
    label = LABELS.get(name, name.replace("_", " ").capitalize())
    hint = HINTS.get(name, "")
    if name == "basis":
        return forms.ChoiceField(choices=BASES, label=label, required=False)
    if name == "equipment":
        return forms.ChoiceField(
            choices=[ANY, *Load.Equipment.choices], label=label, required=False
        )
    if name == "shipment_type":
        return forms.ChoiceField(
            choices=[ANY, *Load.ShipmentType.choices], label=label, required=False
        )
    widget = forms.Textarea(attrs={"rows": 3}) if name == "breaks" else forms.TextInput()
    return forms.CharField(label=label, required=False, help_text=hint, widget=widget)

"""Form fields in the look of the house."""

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def widget_kind(field: BoundField) -> str:
    """Tell a check box, whose label stands behind it, from everything else."""
    return "checkbox" if isinstance(field.field.widget, CheckboxInput) else "input"


@register.filter
def styled(field: BoundField) -> SafeString:
    """Draw the widget with its class and the ids of its hint and error."""
    described = [
        f"{field.auto_id}-{part}"
        for part, is_there in (("hint", field.help_text), ("error", field.errors))
        if is_there
    ]
    attrs = {} if widget_kind(field) == "checkbox" else {"class": "input"}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)

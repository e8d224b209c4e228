"""Form fields in the look of the house."""

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, Select
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def widget_kind(field: BoundField) -> str:
    """Tell check boxes, whose label stands behind them, groups of them, and files."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    if isinstance(widget, CheckboxSelectMultiple):
        return "boxes"
    return "file" if isinstance(widget, FileInput) else "input"


@register.filter
def styled(field: BoundField) -> SafeString:
    """Draw the widget with its class and the ids of its hint and error."""
    described = [
        f"{field.auto_id}-{part}"
        for part, is_there in (("hint", field.help_text), ("error", field.errors))
        if is_there
    ]
    attrs: dict[str, str | bool] = {"class": "input"} if widget_kind(field) == "input" else {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.filter
def mending(error: str, field: BoundField) -> str:
    """Say what mends an error: of a field that was left empty, to fill it in."""
    if error != field.field.error_messages.get("required"):
        return error
    verb = "Choose" if isinstance(field.field.widget, Select | FileInput) else "Fill in"
    return f"{verb} \N{LEFT DOUBLE QUOTATION MARK}{field.label}\N{RIGHT DOUBLE QUOTATION MARK}"


@register.filter
def fault(field: BoundField) -> str:
    """Say what is wrong with a field where it does not stand beside it."""
    error = str(field.errors[0])
    sentence = mending(error, field)
    return sentence if sentence != error else f"{field.label}: {error}"

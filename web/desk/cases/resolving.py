"""The ways out of a case, as forms: what each would change, and what it must be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.models import User
from exceptions.models import Case
from exceptions.operations.resolving import actions_for, propose
from exceptions.queries.resolutions import resolution_of
from exceptions.rules.proposals import Action, Field, Proposal
from web.numbers import PlainDecimalField
from web.uploads import UPLOAD_HINT


@dataclass(frozen=True, slots=True)
class Way:
    """One action on a case: its button, its consequence, and the form that carries it out."""

    action: Action
    proposal: Proposal
    form: "WayForm"
    is_allowed: bool

    @property
    def name(self) -> str:
        """Return the action's name, unique within a case."""
        return self.action.name

    def is_same(self, other: "Way | None") -> bool:
        """Tell whether both are the same action."""
        return other is not None and other.name == self.name


class WayForm(forms.Form):
    """What an action wants to be told, and the version of the case the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, proposal: Proposal, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for told in proposal.fields:
            self.fields[told.name] = form_field(told)
        if needs_reason:
            self.fields["reason"] = forms.CharField(
                max_length=1000, widget=forms.Textarea, help_text="Stays with the case."
            )
        self.told = tuple(told.name for told in proposal.fields)

    @property
    def values(self) -> dict[str, Any]:
        """Return what the action was told."""
        return {name: self.cleaned_data.get(name) for name in self.told}

    @property
    def has_file(self) -> bool:
        """Tell whether the form takes a file."""
        return any(isinstance(field, forms.FileField) for field in self.fields.values())


def form_field(told: Field) -> forms.Field:
    """Return the form field for one thing to be told."""
    common: dict[str, Any] = {"label": told.label, "required": told.required}
    if told.kind == "amount":
        return PlainDecimalField(max_digits=12, decimal_places=2, **common)
    if told.kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    if told.kind == "choice":
        return forms.ChoiceField(choices=told.choices, **common)
    if told.kind == "file":
        return forms.FileField(help_text=UPLOAD_HINT, **common)
    return forms.CharField(max_length=1000, **common)


def ways_out(case: Case, user: User) -> list[Way]:
    """Return what can be done about the case, the likeliest first, with empty forms."""
    return [way_out(case, action, user=user) for action in actions_for(case)]


def way_out(
    case: Case,
    action: Action,
    *,
    user: User,
    data: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
) -> Way:
    """Return one way out; with `data` its form carries what was sent."""
    proposal = propose(case, action.name)
    form = WayForm(
        data,
        files,
        proposal=proposal,
        needs_reason=action.needs_reason,
        initial={"version": case.version},
        auto_id=f"{action.name}_%s",
    )
    roles = resolution_of(case.kind, action.name).roles
    return Way(action, proposal, form, is_allowed=user.has_role(*roles))

"""How strictly each readiness rule counts, as a form with one line for each rule."""

from typing import Any, ClassVar

from django import forms

from billing.operations.policymaking import PARAMETERS
from billing.rules.policy import Enforcement, Policy, Setting
from billing.rules.readiness import RULES, Rule, named_kinds, whole_number
from dispatch.models import Load, Reference

ENFORCEMENTS = [
    (Enforcement.BLOCK.value, "Block: not billed without it"),
    (Enforcement.REVIEW.value, "Review: somebody looks before it is billed"),
    (Enforcement.WARN.value, "Warn: shown on the load, billed all the same"),
    (Enforcement.IGNORE.value, "Ignore: not even asked"),
]
SOFT_RULES = tuple(rule for rule in RULES if not rule.is_mandatory)
HARD_RULES = tuple(rule for rule in RULES if rule.is_mandatory)
POD, REFERENCES = "pod_accepted", "required_references"
LONGEST_PATIENCE = 7 * 24 * 60


def promise(rule: Rule) -> str:
    """Return what a rule asks for, in one sentence."""
    return (rule.check.__doc__ or "").strip().partition("\n")[0]


class ScopeForm(forms.Form):
    """Whose loads a policy is for, read from the address."""

    customer = forms.CharField(
        label="Customer's code",
        required=False,
        max_length=20,
        help_text="Empty is everybody. A customer's own policy stands before everybody's.",
    )
    shipment_type = forms.ChoiceField(
        required=False,
        choices=[("", "All shipments"), *Load.ShipmentType.choices],
        help_text="A policy of one type stands before one of all, of the same customer.",
    )


class PolicyForm(forms.Form):
    """One choice for each rule that may be loosened; parameters where a rule takes one."""

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]]

    pod_minutes = forms.IntegerField(
        label="Minutes a proof may take to come",
        required=False,
        min_value=0,
        max_value=LONGEST_PATIENCE,
        help_text="For so long after delivery nobody is asked for a proof that is usually on its "
        "way.",
    )
    references = forms.MultipleChoiceField(
        label="References asked for",
        required=False,
        choices=Reference.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="A load without one of these lacks it, from its planning on.",
    )


for _rule in SOFT_RULES:
    PolicyForm.base_fields[_rule.name] = forms.ChoiceField(
        label=_rule.title, choices=ENFORCEMENTS, help_text=promise(_rule)
    )
PolicyForm.SECTIONS = (
    ("", tuple(r.name for r in SOFT_RULES if r.name not in PARAMETERS)),
    ("Proof of delivery", (POD, "pod_minutes")),
    ("References", (REFERENCES, "references")),
)


def told_rule(told: str) -> str:
    """Say what the journal keeps of a rule, such as `BLOCK PO,BOL`, in the words of the form."""
    enforcement, _, parameter = told.partition(" ")
    words = dict(ENFORCEMENTS).get(enforcement, enforcement).partition(":")[0]
    if parameter.isdecimal():
        return f"{words}, after {parameter} minutes"
    kinds = [str(Reference.Kind(kind).label) for kind in named_kinds(parameter)]
    return f"{words}: {', '.join(kinds)}" if kinds else words


def initial_of(policy: Policy) -> dict[str, Any]:
    """Return what a form shows of settings; a rule that they leave out blocks."""
    chosen = {rule.name: policy.get(rule.name, Setting()) for rule in SOFT_RULES}
    return {name: setting.enforcement.value for name, setting in chosen.items()} | {
        "pod_minutes": whole_number(chosen[POD].parameter) or None,
        "references": list(named_kinds(chosen[REFERENCES].parameter)),
    }


def settings_from(form: PolicyForm) -> dict[str, Setting]:
    """Return the settings that a valid form says."""
    told = form.cleaned_data
    parameters = {
        POD: str(told["pod_minutes"] or ""),
        REFERENCES: ",".join(told["references"]),
    }
    return {
        rule.name: Setting(Enforcement(told[rule.name]), parameters.get(rule.name, ""))
        for rule in SOFT_RULES
    }

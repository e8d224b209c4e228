"""Readiness rules: drafted by one person, put in force by another who has seen what changes."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Customer
from accounts.rules import APPROVING_ROLES
from billing.models import ReadinessPolicy
from billing.operations.policymaking import activate_policy, draft_policy, withdraw_policy
from billing.queries.policies import in_force, read_policies, settings_of
from billing.queries.policy_previews import preview_policy
from billing.rules.policy import Policy, Setting
from billing.rules.readiness import MANDATORY, RULES
from web.access import desk, signed_in
from web.actors import Cast
from web.desk.settings.changes import Wording, history_of
from web.desk.settings.policy_forms import (
    PolicyForm,
    ScopeForm,
    initial_of,
    promise,
    settings_from,
    told_rule,
)
from web.refusals import Refusal, attempt

Status = ReadinessPolicy.Status
MOST_SHOWN = 20
EVENTS = {
    "policy.drafted": "drafted",
    "policy.activated": "put in force",
    "policy.retired": "replaced",
    "policy.withdrawn": "withdrew",
}


class ReasonForm(forms.Form):
    """Why something is given up."""

    reason = forms.CharField(max_length=200, help_text="Stands in the history.")


@dataclass(frozen=True, slots=True)
class Line:
    """One rule of a policy: what it asks for, how it counts now, how it would."""

    title: str
    promise: str
    is_mandatory: bool
    before: Setting
    after: Setting

    @property
    def is_changed(self) -> bool:
        """Tell whether the version says something else than what is in force."""
        return self.before != self.after


@desk(*APPROVING_ROLES)
@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    """Show the policies in force and the drafts that wait for approval."""
    rows = ReadinessPolicy.objects.filter(status__in=(Status.ACTIVE, Status.DRAFT))
    policies = list(rows.select_related("customer").order_by("customer__name", "version"))
    everybody_first = sorted(policies, key=lambda each: each.customer_id is not None)
    cast = Cast([p.drafted_by for p in policies] + [p.activated_by for p in policies])
    context = {
        "active": [p for p in everybody_first if p.status == Status.ACTIVE],
        "drafts": [p for p in everybody_first if p.status == Status.DRAFT],
        "cast": cast,
        "rules": [(rule.title, promise(rule), rule.is_mandatory) for rule in RULES],
        "scope": ScopeForm(),
    }
    return render(request, "desk/settings/policies.html", context)


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_policy(request: HttpRequest) -> HttpResponse:
    """Draft the next version for a customer, a type of shipment, or everybody."""
    customer, shipment_type = scope_of(request)
    standing = standing_for(customer, shipment_type)
    form = PolicyForm(request.POST or None, initial=initial_of(standing))
    if request.method == "POST" and form.is_valid():
        by, at = signed_in(request).actor, timezone.now()
        result = attempt(
            lambda: draft_policy(
                settings_from(form), customer=customer, shipment_type=shipment_type, by=by, at=at
            )
        )
        if not isinstance(result, Refusal):
            messages.success(request, "Drafted: a colleague can put it in force")
            return redirect("desk:settings_policy", result.pk)
        form.add_error(None, result.sentence)
    blank = ReadinessPolicy(customer=customer, shipment_type=shipment_type)
    context = {"form": form, "whose": blank.scope_words, "customer": customer}
    status = 422 if form.errors else 200
    return render(request, "desk/settings/policy_new.html", context, status=status)


@desk(*APPROVING_ROLES)
@require_safe
def policy_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version; of a draft, what it would change for the loads that wait now."""
    return _page(request, policy_of(pk))


@desk(*APPROVING_ROLES)
@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft in force; the loads that wait are looked at again."""
    policy, by = policy_of(pk), signed_in(request).actor
    result = attempt(lambda: activate_policy(policy, by=by, at=timezone.now()))
    if isinstance(result, Refusal):
        return _page(request, policy_of(pk), refusal=result)
    messages.success(request, f"{policy} is in force; waiting loads are looked at again")
    return redirect("desk:settings_policy", pk)


@desk(*APPROVING_ROLES)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    policy, form = policy_of(pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, policy, refusal=Refusal("Say why it is withdrawn.", 422, "reason"))
    by, reason = signed_in(request).actor, form.cleaned_data["reason"]
    result = attempt(lambda: withdraw_policy(policy, by=by, at=timezone.now(), reason=reason))
    if isinstance(result, Refusal):
        return _page(request, policy_of(pk), refusal=result)
    messages.success(request, f"{policy} is withdrawn")
    return redirect("desk:settings_policies")


def scope_of(request: HttpRequest) -> tuple[Customer | None, str]:
    """Return whose loads the address names; a code that nobody has is not found."""
    form = ScopeForm(request.GET)
    if not form.is_valid():
        raise BadRequest(f"Cannot read {', '.join(form.errors)}.")
    code, shipment_type = form.cleaned_data["customer"].strip(), form.cleaned_data["shipment_type"]
    if not code:
        return None, shipment_type
    customers = Customer.objects.for_user(request.user)
    return get_object_or_404(customers, code=code.upper()), shipment_type


def standing_for(customer: Customer | None, shipment_type: str) -> Policy:
    """Return what counts now for such loads: where no policy does, every rule blocks."""
    if customer is None:
        return in_force(customer=None, shipment_type=shipment_type) or in_force(
            customer=None, shipment_type=""
        )
    return read_policies().for_load(customer_id=customer.pk, shipment_type=shipment_type)


def policy_of(pk: int) -> ReadinessPolicy:
    """Return a version with its customer, or not found."""
    policy = ReadinessPolicy.objects.select_related("customer").filter(pk=pk).first()
    if policy is None:
        raise Http404
    return policy


def _page(
    request: HttpRequest, policy: ReadinessPolicy, *, refusal: Refusal | None = None
) -> HttpResponse:
    user = signed_in(request)
    is_draft = policy.status == Status.DRAFT
    preview = preview_policy(policy, at=timezone.now()) if is_draft else None
    versions = ReadinessPolicy.objects.filter(
        customer=policy.customer, shipment_type=policy.shipment_type
    )
    context = {
        "policy": policy,
        "lines": _lines(policy),
        "cast": Cast([policy.drafted_by, policy.activated_by]),
        "preview": preview,
        "moves": preview.moves[:MOST_SHOWN] if preview else (),
        "is_own": policy.drafted_by == user.actor,
        "versions": versions.order_by("-version"),
        "history": history_of([policy], _wording()),
        "refusal": refusal,
        "reason_form": ReasonForm(),
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/settings/policy.html", context, status=status)


def _lines(policy: ReadinessPolicy) -> list[Line]:
    """Return each rule as it counts now and as this version says; of old ones, only the latter."""
    after = settings_of(policy)
    is_draft = policy.status == Status.DRAFT
    before = standing_for(policy.customer, policy.shipment_type) if is_draft else after
    return [
        Line(
            rule.title,
            promise(rule),
            rule.name in MANDATORY,
            rule.setting(before),
            rule.setting(after),
        )
        for rule in RULES
    ]


def _wording() -> Wording:
    labels = {rule.name: rule.title for rule in RULES} | {"version": "Version"}
    return Wording(EVENTS, labels, spells={rule.name: told_rule for rule in RULES})

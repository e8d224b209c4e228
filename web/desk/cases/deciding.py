"""What people do to a case: each page action is one operation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from billing.operations.unwaiving import unwaive_case
from exceptions.models import Case
from exceptions.operations.assigning import assign_case
from exceptions.operations.commenting import ask_about_case, comment_on_case
from exceptions.operations.resolving import actions_for, apply
from exceptions.operations.snoozing import snooze_case
from exceptions.operations.undoing import undo_step
from exceptions.operations.waiving import waive_case
from web.access import desk, signed_in
from web.desk.cases.forms import AskForm, AssignForm, CommentForm, SnoozeForm, WaiveForm
from web.desk.cases.page import answer, case_named, next_case
from web.desk.cases.resolving import way_out
from web.refusals import Refusal, attempt
from web.templatetags.clocks import moment


@desk()
@require_POST
def apply_way(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Carry out one of the ways out of a case and close it."""
    user = signed_in(request)
    case = case_named(request, number)
    offered = next((each for each in actions_for(case) if each.name == action), None)
    if offered is None:
        return answer(request, case, refusal=_gone(case))
    way = way_out(case, offered, user=user, data=request.POST, files=request.FILES)
    form = way.form
    if not form.is_valid():
        return answer(request, case, way=way)
    beyond = next_case(request, case)
    result = attempt(
        lambda: apply(
            case,
            action,
            by=user.actor,
            at=timezone.now(),
            version=form.cleaned_data["version"],
            reason=form.cleaned_data.get("reason", ""),
            values=form.values,
        )
    )
    if isinstance(result, Refusal):
        case.refresh_from_db()
        return answer(request, case, way=way, refusal=result)
    messages.success(request, f"{case.number}: {result.summary}")
    return _go_on(request, beyond)


@desk()
@require_POST
def waive(request: HttpRequest, number: str) -> HttpResponse:
    """Close a case without what it asked for, for a reason."""
    user = signed_in(request)
    case = case_named(request, number)
    form = WaiveForm(request.POST)
    if not form.is_valid():
        return answer(request, case, refusal=Refusal(form.sentence, 422, "reason"))
    beyond = next_case(request, case)
    result = attempt(
        lambda: waive_case(
            case,
            by=user.actor,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
        )
    )
    if isinstance(result, Refusal):
        case.refresh_from_db()
        return answer(request, case, refusal=result)
    messages.success(request, f"{case.number} waived", extra_tags=f"undo {case.number}")
    return _go_on(request, beyond)


@desk()
@require_POST
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Give a case to a person, or back to the team."""
    user = signed_in(request)
    case = case_named(request, number)
    form = AssignForm(request.POST)
    if not form.is_valid():
        return answer(request, case, refusal=Refusal("Choose somebody of the staff.", 422, "to"))
    to: User | None = form.cleaned_data["to"]
    result = attempt(
        lambda: assign_case(
            case, to=to, by=user.actor, at=timezone.now(), version=form.cleaned_data["version"]
        )
    )
    if isinstance(result, Refusal):
        case.refresh_from_db()
        return answer(request, case, refusal=result)
    done = f"{case.number} is {to.name}'s" if to else f"{case.number} is free"
    messages.success(request, done, extra_tags=f"undo {case.number}")
    return _back(request, case)


@desk()
@require_POST
def snooze(request: HttpRequest, number: str) -> HttpResponse:
    """Put a case away for a while, or take it up again."""
    user, now = signed_in(request), timezone.now()
    case = case_named(request, number)
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return answer(request, case, refusal=Refusal("Choose until when.", 422, "until"))
    until = form.instant(now=now, timezone=user.timezone)
    told, beyond = form.cleaned_data, next_case(request, case)
    result = attempt(
        lambda: snooze_case(
            case, until=until, by=user.actor, at=now, reason=told["reason"],
            version=told["version"],
        )
    )  # fmt: skip
    if isinstance(result, Refusal):
        case.refresh_from_db()
        return answer(request, case, refusal=result)
    done = f"until {moment(until, user.timezone)}" if until else "is back in the list"
    messages.success(request, f"{case.number} {done}", extra_tags=f"undo {case.number}")
    return _go_on(request, beyond) if until else _back(request, case)


@desk()
@require_POST
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Note who was asked for what."""
    user = signed_in(request)
    case = case_named(request, number)
    form = AskForm(request.POST)
    if not form.is_valid():
        return answer(request, case, refusal=Refusal("Say what you need to know.", 422, "question"))
    result = attempt(
        lambda: ask_about_case(case, **form.cleaned_data, by=user.actor, at=timezone.now())
    )
    if isinstance(result, Refusal):
        return answer(request, case, refusal=result)
    messages.success(request, f"{case.number}: the question is noted")
    return _back(request, case)


@desk()
@require_POST
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Take one's own last step on a case back, while nothing has come of it."""
    user, now = signed_in(request), timezone.now()
    case = case_named(request, number)
    is_waived = case.status == Case.Status.CLOSED
    take_back = unwaive_case if is_waived else undo_step
    result = attempt(lambda: take_back(case, by=user.actor, at=now))
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
        return _go(request, "desk:exceptions")
    messages.success(request, f"{case.number}: undone")
    return _back(request, case)


@desk()
@require_POST
def comment(request: HttpRequest, number: str) -> HttpResponse:
    """Say something about a case."""
    user = signed_in(request)
    case = case_named(request, number)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return answer(request, case, refusal=Refusal("Write something first.", 422, "comment"))
    said = form.cleaned_data["comment"]
    result = attempt(lambda: comment_on_case(case, comment=said, by=user.actor, at=timezone.now()))
    if isinstance(result, Refusal):
        return answer(request, case, refusal=result)
    return _back(request, case)


def _gone(case: Case) -> Refusal:
    state = "closed" if case.status == Case.Status.CLOSED else "changed"
    return Refusal(f"{case.number} was {state} meanwhile; this can no longer be done.", 409, "")


def _go_on(request: HttpRequest, number: str) -> HttpResponse:
    """Go to the next case of the view, or to the queue when there is none."""
    return _go(request, "desk:case", number) if number else _go(request, "desk:exceptions")


def _back(request: HttpRequest, case: Case) -> HttpResponse:
    return _go(request, "desk:case", case.number)


def _go(request: HttpRequest, view: str, *args: str) -> HttpResponse:
    """Go to a page of the queue, in the view the person came from."""
    response = redirect(view, *args)
    if query := request.GET.urlencode():
        response["Location"] += f"?{query}"
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(response["Location"])
    return response

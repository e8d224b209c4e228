"""What people tell a case."""

from datetime import datetime, time, timedelta

from django import forms

from accounts.models import User
from accounts.rules import STAFF_ROLES
from web.templatetags.clocks import in_zone


class WaiveForm(forms.Form):
    """Why a case is given up, and the version of it the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=1000,
        error_messages={"required": "Say why: the reason stays with the case."},
    )

    @property
    def sentence(self) -> str:
        """Return the first thing wrong, in one sentence."""
        return next(str(errors[0]) for errors in self.errors.values())


class AssignForm(forms.Form):
    """Whose a case becomes; nobody gives it back to the team."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    to = forms.ModelChoiceField(
        User.objects.filter(is_active=True, groups__name__in=STAFF_ROLES).distinct(),
        required=False,
    )


class SnoozeForm(forms.Form):
    """Until when a case is put away, in the person's own time; nothing takes it up again."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    until = forms.ChoiceField(
        required=False,
        choices=[
            ("hours", "4 hours"),
            ("tomorrow", "Tomorrow 08:00"),
            ("monday", "Monday 08:00"),
            ("week", "In a week, 08:00"),
        ],
    )
    reason = forms.CharField(max_length=1000, required=False)

    def instant(self, *, now: datetime, timezone: str) -> datetime | None:
        """Return the instant that was chosen."""
        chosen = self.cleaned_data["until"]
        if not chosen:
            return None
        if chosen == "hours":
            return now + timedelta(hours=4)
        local = in_zone(now, timezone)
        days = {"tomorrow": 1, "monday": 7 - local.weekday(), "week": 7}[chosen]
        day = local.date() + timedelta(days=days)
        return datetime.combine(day, time(8), tzinfo=local.tzinfo)


class AskForm(forms.Form):
    """Who is asked for what."""

    whom = forms.CharField(max_length=120, required=False)
    question = forms.CharField(max_length=1000)


class CommentForm(forms.Form):
    """What somebody wants others to know."""

    comment = forms.CharField(max_length=2000)

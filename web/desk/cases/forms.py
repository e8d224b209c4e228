"""What people tell a case."""

from django import forms

from accounts.models import User
from accounts.rules import STAFF_ROLES


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


class CommentForm(forms.Form):
    """What somebody wants others to know."""

    comment = forms.CharField(max_length=2000)

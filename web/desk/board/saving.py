"""Keeping a view of the board, and giving one up."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from web.access import desk, signed_in
from web.desk.board.views import PAGE, View, may_change, state_of
from web.models import SavedView


class SaveForm(forms.Form):
    """The name of a view, who may look at it, and the address that it stands for."""

    name = forms.CharField(max_length=40)
    is_shared = forms.BooleanField(required=False)
    state = forms.CharField(max_length=1000, required=False)


@desk()
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the board as it is shown under a name; one's own view of that name is written anew."""
    form = SaveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A view needs a name of at most 40 letters; nothing was kept.")
        return redirect(f"{reverse('desk:board')}?{request.POST.get('state', '')[:1000]}")
    told = form.cleaned_data
    kept, is_new = SavedView.objects.update_or_create(
        owner=signed_in(request),
        page=PAGE,
        name=told["name"],
        defaults={
            "is_shared": told["is_shared"],
            "state": state_of(QueryDict(told["state"])),
            "changed_at": timezone.now(),
        },
    )
    messages.success(request, f"View {kept.name} is {'kept' if is_new else 'changed'}")
    return redirect(f"{reverse('desk:board')}?{View(f'v{kept.pk}', kept.name, kept.state).address}")


@desk()
@require_POST
def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a view; nobody else's."""
    kept = SavedView.objects.filter(pk=pk, page=PAGE).first()
    if kept is None or not may_change(kept, signed_in(request)):
        raise Http404
    kept.delete()
    messages.success(request, f"View {kept.name} is gone")
    return redirect("desk:board")

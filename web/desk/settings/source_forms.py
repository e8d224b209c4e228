"""How a system that sends to us is connected, and what each of it decides."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.models import APIKey, Customer
from accounts.rules import Scope
from integrations.models import EdiPartner, Source
from integrations.rules.leniency import FORGIVABLE
from web.desk.settings.changes import StandingForm

CONNECTABLE = [
    (value, words) for value, words in Source.Dialect.choices if value != Source.Dialect.INDEX
]

# What a published index, which is fetched from the address of its series, does without.
OF_MESSAGES = ("default_customer", "api_key", "poll_url", "poll_token")


class SourceForm(StandingForm):
    """One system that sends to us."""

    name = forms.CharField(max_length=80, help_text="What the inbox and feed health call it.")
    owner = forms.CharField(
        label="Asked when it breaks",
        max_length=80,
        help_text="Stands beside the feed in feed health.",
    )
    is_active = forms.BooleanField(
        label="Taken from",
        required=False,
        help_text="Off, its door is closed (404) and it is not asked; what came stays.",
    )
    default_customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        Customer.objects.order_by("name"),
        label="Speaks of",
        required=False,
        empty_label="Every customer",
        help_text="A message about another customer's load is refused.",
    )
    api_key: "forms.ModelChoiceField[APIKey]" = forms.ModelChoiceField(
        APIKey.objects.none(),
        label="API key",
        required=False,
        empty_label="None: by webhook, poll or file alone",
        help_text="Messages sent to the events API with this key count as this system's.",
    )
    poll_url = forms.URLField(
        label="Feed that is polled",
        required=False,
        assume_scheme="https",
        help_text="The whole address; empty is never asked.",
    )
    poll_token = forms.CharField(
        label="Token of the feed",
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Sent with each poll, never shown. Left empty it stays, unless the feed moves to "
        "another host.",
    )

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._feed = source.poll_url if source else ""
        free = Q(source=None) | Q(source=source) if source else Q(source=None)
        keys = APIKey.objects.filter(free, scopes__contains=[Scope.EVENTS_WRITE], revoked_at=None)
        self.fields["api_key"].queryset = keys.order_by("name")  # type: ignore[attr-defined]
        if source and source.dialect == Source.Dialect.INDEX:
            for name in OF_MESSAGES:
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """Return the fields of the source; a token that was not typed stays with its host."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        has_moved = _host(told.get("poll_url", "")) != _host(self._feed)
        if not told.get("poll_token") and not has_moved:
            told.pop("poll_token", None)
        return told


def _host(url: str) -> str:
    """Return scheme, host and port: a secret is told to no other."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


class NewSourceForm(SourceForm):
    """A system that is connected now; name and dialect in the address never change."""

    slug = forms.SlugField(
        label="Name in addresses",
        max_length=34,
        help_text="Its webhook door is /in/webhooks/NAME/; it never changes.",
    )
    dialect = forms.ChoiceField(
        choices=CONNECTABLE, help_text="How its messages are read; it never changes."
    )
    field_order = ("slug", "dialect")

    def clean_slug(self) -> str:
        """Refuse the name of another source."""
        slug = str(self.cleaned_data["slug"])
        if Source.objects.filter(slug=slug).exists():
            raise ValidationError("Another source has this name.")
        return slug


class PartnerForm(StandingForm):
    """What is agreed with one EDI partner."""

    qualifier = forms.CharField(
        label="ISA05", max_length=2, help_text="With ISA06 it names the sender of an interchange."
    )
    isa_id = forms.CharField(
        label="ISA06",
        max_length=15,
        help_text="An interchange of a sender that stands nowhere is kept and refused; * is "
        "anybody.",
    )
    name = forms.CharField(max_length=80, help_text="What people call the partner.")
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        Customer.objects.order_by("name"),
        required=False,
        empty_label="As the source says",
        help_text="Whose loads the partner's tenders are.",
    )
    tolerates = forms.MultipleChoiceField(
        label="Only warned about",
        required=False,
        choices=[(code, code.replace("_", " ").capitalize()) for code in FORGIVABLE],
        widget=forms.CheckboxSelectMultiple,
        help_text="Faults of the envelope that do not refuse the interchange.",
    )
    aliases = forms.CharField(
        label="The partner's own status codes",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One line each, as in ZZ=X1: read as if the second stood there.",
    )
    reuses_control_numbers = forms.BooleanField(
        label="Uses control numbers again",
        required=False,
        help_text="A number that came before is then another message, not a copy.",
    )
    answers_folder = forms.SlugField(
        label="Folder of answers",
        max_length=40,
        required=False,
        help_text="Where the 990 that answers a tender is left; empty: tenders are not answered.",
    )
    is_active = forms.BooleanField(
        label="Taken from", required=False, help_text="Off, its interchanges are refused."
    )

    def clean_aliases(self) -> dict[str, str]:
        """Read the lines; refuse one that is no pair."""
        lines = [line for line in self.cleaned_data["aliases"].splitlines() if line.strip()]
        pairs = [tuple(part.strip().upper() for part in line.partition("=")[::2]) for line in lines]
        if not all(code and known for code, known in pairs):
            raise ValidationError("Write one pair in each line, as in ZZ=X1.")
        return dict(pairs)

    def values(self) -> dict[str, Any]:
        """Return the fields of the partner."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


def partner_initial(partner: EdiPartner) -> dict[str, Any]:
    """Return what the form shows of a partner."""
    fields = [name for name in PartnerForm.base_fields if name != "seen"]
    aliases = "\n".join(f"{code}={known}" for code, known in sorted(partner.aliases.items()))
    return {name: getattr(partner, name) for name in fields} | {"aliases": aliases}

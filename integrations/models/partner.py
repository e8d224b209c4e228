"""What is agreed with one EDI partner."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from simple_history.models import HistoricalRecords

from accounts.models import Customer
from integrations.models.source import Source
from integrations.rules.leniency import FORGIVABLE


class EdiPartner(models.Model):
    """A sender's interchange id and how its messages are taken.

    `*` as id stands for any sender the source does not name. Nobody else may send: an interchange
    of a stranger is kept and refused.
    """

    ANYBODY = "*"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="partners")
    qualifier = models.CharField("ISA05", max_length=2)
    isa_id = models.CharField("ISA06", max_length=15)
    name = models.CharField(max_length=80)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="edi_partners"
    )
    tolerates = ArrayField(
        models.CharField(max_length=24, choices=[(code, code) for code in FORGIVABLE]),
        default=list,
        blank=True,
        help_text="Envelope faults that are only warned about, such as count_mismatch.",
    )
    aliases = models.JSONField(
        default=dict,
        blank=True,
        help_text="The partner's own status codes and what they stand for.",
    )
    reuses_control_numbers = models.BooleanField(
        default=False, help_text="A control number seen before is another message, not a copy."
    )
    answers_folder = models.SlugField(
        max_length=40, blank=True, default="",
        help_text="The folder into which tenders are answered (990); empty: they are not.",
    )  # fmt: skip
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "qualifier", "isa_id"], name="edi_partner_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

"""How strictly each readiness rule counts for whom."""

from typing import ClassVar

from django.db import models

from accounts.models import Customer
from billing.rules.policy import Enforcement
from billing.rules.readiness import MANDATORY, RULES
from dispatch.models import Load
from journal.models import Lifecycle

ENFORCEMENTS = [(each.value, each.value.capitalize()) for each in Enforcement]


class ReadinessPolicy(Lifecycle):
    """A version of the rules for one customer, or for everybody.

    The most specific ACTIVE policy counts: customer and shipment type, customer, shipment type,
    everybody.
    """

    class Status(models.TextChoices):
        """A policy is drafted by one person and activated by another, or withdrawn by anybody."""

        DRAFT = "DRAFT"
        ACTIVE = "ACTIVE"
        RETIRED = "RETIRED"
        WITHDRAWN = "WITHDRAWN"

    TRANSITIONS: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {
            (Status.DRAFT, Status.ACTIVE),
            (Status.ACTIVE, Status.RETIRED),
            (Status.DRAFT, Status.WITHDRAWN),
        }
    )
    EVENT_NAMES: ClassVar[dict[str, str]] = {
        "ACTIVE": "policy.activated",
        "RETIRED": "policy.retired",
        "WITHDRAWN": "policy.withdrawn",
    }

    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="readiness_policies"
    )
    shipment_type = models.CharField(
        max_length=12, choices=Load.ShipmentType, blank=True, default=""
    )
    version = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    drafted_by = models.CharField(max_length=80)
    drafted_at = models.DateTimeField(null=True)
    activated_by = models.CharField(max_length=80, blank=True, default="")
    activated_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "readiness policies"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "shipment_type"],
                condition=models.Q(status="ACTIVE"),
                nulls_distinct=False,
                name="policy_one_active",
            ),
            models.UniqueConstraint(
                fields=["customer", "shipment_type", "version"],
                nulls_distinct=False,
                name="policy_version_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["DRAFT", "WITHDRAWN"])
                | (~models.Q(activated_by="") & ~models.Q(activated_by=models.F("drafted_by"))),
                name="policy_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope_words} v{self.version}"

    @property
    def scope_words(self) -> str:
        """Return whose loads the policy is for: Everybody, truckload."""
        whose = self.customer.name if self.customer else "Everybody"
        kind = self.get_shipment_type_display()
        return f"{whose}, {kind.lower()}" if self.shipment_type else whose


class PolicyRule(models.Model):
    """The enforcement of one named rule, with its parameter where it takes one."""

    Enforcement = Enforcement

    policy = models.ForeignKey(ReadinessPolicy, on_delete=models.CASCADE, related_name="rules")
    rule = models.CharField(max_length=40, choices=[(rule.name, rule.title) for rule in RULES])
    enforcement = models.CharField(max_length=6, choices=ENFORCEMENTS)
    parameter = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "rule"], name="policy_rule_once"),
            models.CheckConstraint(
                condition=~models.Q(rule__in=sorted(MANDATORY)) | models.Q(enforcement="BLOCK"),
                name="policy_cannot_loosen_the_law",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.enforcement}"

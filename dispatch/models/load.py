"""One shipment from first pickup to last delivery."""

from decimal import Decimal

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from dispatch.models.carrier import Carrier, Driver


class Load(models.Model):
    """A load with what was agreed, and the state folded from its milestones.

    What was agreed is written from the load's plans by `dispatch.operations.planning`; `status`
    and the instants below it by `dispatch.operations.tracking` alone, from `dispatch.fold`.
    """

    class Status(models.TextChoices):
        """The whole life of a load."""

        PLANNED = "PLANNED"
        TENDERED = "TENDERED"
        ACCEPTED = "ACCEPTED"
        DECLINED = "DECLINED"
        DISPATCHED = "DISPATCHED"
        AT_PICKUP = "AT_PICKUP", "At pickup"
        IN_TRANSIT = "IN_TRANSIT", "In transit"
        AT_DELIVERY = "AT_DELIVERY", "At delivery"
        DELIVERED = "DELIVERED"
        CANCELLED = "CANCELLED"
        TONU = "TONU", "Truck not used"

    class ShipmentType(models.TextChoices):
        """How the freight moves; readiness policies and series may depend on it."""

        TRUCKLOAD = "TRUCKLOAD"
        LTL = "LTL", "Less than truckload"
        INTERMODAL = "INTERMODAL"
        DRAYAGE = "DRAYAGE"

    class Equipment(models.TextChoices):
        """The trailer that is asked for."""

        VAN53 = "VAN53", "53′ van"
        REEFER53 = "REEFER53", "53′ reefer"
        FLATBED = "FLATBED"
        CONTAINER = "CONTAINER"
        OTHER = "OTHER"

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="loads")
    shipment_type = models.CharField(
        max_length=12, choices=ShipmentType, default=ShipmentType.TRUCKLOAD
    )
    equipment = models.CharField(max_length=10, choices=Equipment, default=Equipment.VAN53)
    trailer = models.CharField(max_length=20, blank=True, default="")
    commodity = models.CharField(max_length=120, blank=True, default="")
    weight_lb = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    pieces = models.PositiveIntegerField(null=True)
    piece_unit = models.CharField(max_length=10, blank=True, default="")
    cubic_feet = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    linear_feet = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    miles = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    miles_source = models.CharField(max_length=60, blank=True, default="")
    carrier = models.ForeignKey(Carrier, null=True, on_delete=models.PROTECT, related_name="loads")
    driver = models.ForeignKey(Driver, null=True, on_delete=models.PROTECT, related_name="loads")
    truck = models.CharField(max_length=20, blank=True, default="")
    currency = models.CharField(max_length=3, default="USD")
    quoted_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    respond_by = models.DateTimeField(null=True)
    source = models.CharField(max_length=40)

    status = models.CharField(max_length=12, choices=Status, default=Status.PLANNED)
    picked_up_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    reweighed_lb = models.DecimalField(
        "weight on the scale", max_digits=10, decimal_places=2, null=True
    )
    ended_at = models.DateTimeField("cancelled or not used at", null=True)
    last_milestone_at = models.DateTimeField(null=True)

    # Summary of the stops, so that a list page needs no join.
    origin_city = models.CharField(max_length=80, blank=True, default="")
    origin_state = models.CharField(max_length=3, blank=True, default="")
    destination_city = models.CharField(max_length=80, blank=True, default="")
    destination_state = models.CharField(max_length=3, blank=True, default="")
    pickup_from = models.DateTimeField(null=True)
    delivery_from = models.DateTimeField(null=True)
    stop_count = models.PositiveSmallIntegerField(default=0)

    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ScopedQuerySet["Load"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "-id"], name="load_status"),
            models.Index(fields=["customer", "-id"], name="load_customer"),
            models.Index(fields=["-pickup_from", "-id"], name="load_pickup"),
            models.Index(fields=["changed_at", "id"], name="load_changed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weight_lb__gte=0) | models.Q(weight_lb=None),
                name="load_weight_not_negative",
            ),
            models.CheckConstraint(
                condition=(models.Q(cubic_feet__gte=0) | models.Q(cubic_feet=None))
                & (models.Q(linear_feet__gte=0) | models.Q(linear_feet=None)),
                name="load_space_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(miles__gte=0) | models.Q(miles=None),
                name="load_miles_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(miles=None) | ~models.Q(miles_source=""),
                name="load_miles_have_a_source",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="load_currency_iso"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def carried_lb(self) -> Decimal | None:
        """Return the weight that counts: the scale's before the plan's."""
        return self.weight_lb if self.reweighed_lb is None else self.reweighed_lb

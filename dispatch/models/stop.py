"""A place where a load stops."""

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from dispatch.models.load import Load
from dispatch.models.location import Location


class Stop(models.Model):
    """A stop with its appointment, and the clocks folded from the milestones.

    Name and address are copied when the load is made: a location that moves later does not move
    what was delivered.
    """

    class Kind(models.TextChoices):
        """What happens there."""

        PICKUP = "PICKUP"
        STOP_OFF = "STOP_OFF", "Stop-off"
        DELIVERY = "DELIVERY"
        DROP = "DROP"

    class Status(models.TextChoices):
        """Folded from arrivals and departures."""

        PENDING = "PENDING"
        ARRIVED = "ARRIVED"
        COMPLETED = "COMPLETED"
        SKIPPED = "SKIPPED"

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="stops")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    location = models.ForeignKey(
        Location, null=True, on_delete=models.PROTECT, related_name="stops"
    )
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=160, blank=True, default="")
    city = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=3, blank=True, default="")
    postal_code = models.CharField(max_length=12, blank=True, default="")
    country = models.CharField(max_length=2, default="US")
    timezone = models.CharField(max_length=40)
    appointment_from = models.DateTimeField(null=True)
    appointment_to = models.DateTimeField(null=True)
    is_fcfs = models.BooleanField("first come, first served", default=False)
    receiving_hours = models.CharField(
        max_length=160, blank=True, default="", help_text="Mon-Fri 07:00-15:00, Sat 08:00-12:00"
    )
    weight_lb = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    truck_weight_lb = models.DecimalField(
        "weight of all payors' freight", max_digits=10, decimal_places=2, null=True
    )
    pieces = models.PositiveIntegerField(null=True)

    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    arrived_at = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Stop"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["load", "sequence"], name="stop_sequence_once"),
            models.CheckConstraint(
                condition=models.Q(appointment_to=None)
                | models.Q(appointment_to__gte=models.F("appointment_from")),
                name="stop_window_forward",
            ),
            models.CheckConstraint(condition=~models.Q(timezone=""), name="stop_has_timezone"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.name}"

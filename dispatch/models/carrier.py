"""Who drives."""

from django.db import models
from simple_history.models import HistoricalRecords


class Carrier(models.Model):
    """A trucking company; the own fleet is one too."""

    name = models.CharField(max_length=120)
    scac = models.CharField("SCAC", max_length=4, unique=True)
    mc_number = models.CharField("MC number", max_length=12, blank=True, default="")
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    def __str__(self) -> str:
        return f"{self.name} ({self.scac})"


class Driver(models.Model):
    """A person at the wheel, with the truck they usually take."""

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="drivers")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=30, blank=True, default="")
    truck = models.CharField(max_length=20, blank=True, default="")

    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.name

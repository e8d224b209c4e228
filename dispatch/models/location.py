"""Places that loads start from and go to."""

from django.db import models
from simple_history.models import HistoricalRecords


class Location(models.Model):
    """A dock with its address and time zone, known by a code."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=160)
    city = models.CharField(max_length=80)
    state = models.CharField(max_length=3, blank=True, default="")
    postal_code = models.CharField(max_length=12)
    country = models.CharField(max_length=2, default="US")
    timezone = models.CharField(max_length=40)
    receiving_hours = models.CharField(
        max_length=160, blank=True, default="", help_text="Mon-Fri 07:00-15:00, Sat 08:00-12:00"
    )
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)

    history = HistoricalRecords()

    class Meta:
        indexes = [models.Index(fields=["postal_code"], name="location_postal")]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"

"""Named sets of places."""

from django.db import models

from rating.engine.choices import PlaceKind
from rating.models.columns import choice_field, one_of
from rating.models.version import RateCardVersion

MEMBER_KINDS = tuple(
    kind for kind in PlaceKind if kind not in (PlaceKind.ZONE, PlaceKind.REGION, PlaceKind.ANY)
)


class Zone(models.Model):
    """A zone of a version, or a region: a coarser zone that ranks behind states."""

    version = models.ForeignKey(RateCardVersion, on_delete=models.CASCADE, related_name="zones")
    name = models.CharField(max_length=40)
    is_region = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "name"], name="zone_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ZoneMember(models.Model):
    """A place that belongs to a zone."""

    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="members")
    kind = choice_field(PlaceKind)
    country = models.CharField(max_length=2, blank=True, default="")
    value = models.CharField(max_length=90)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "kind", "country", "value"], name="zone_member_once"
            ),
            one_of("kind", MEMBER_KINDS, name="zone_member_known"),
        ]

    def __str__(self) -> str:
        return self.value

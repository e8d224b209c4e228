"""What a load carries, piece by piece."""

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from dispatch.models.load import Load


class LoadItem(models.Model):
    """Pieces of one kind, as the bill of lading lists them.

    The weight is that of all pieces together; length, width and height are those of one piece, in
    inches, pallet included. The rows are written from the load's plans, by line.
    """

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="items")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    line = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=120, blank=True, default="")
    freight_class = models.CharField("class as declared", max_length=8, blank=True, default="")
    weight_lb = models.DecimalField(max_digits=10, decimal_places=2)
    pieces = models.PositiveIntegerField(null=True)
    length_in = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    width_in = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    height_in = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    is_stackable = models.BooleanField(default=True)

    objects = ScopedQuerySet["LoadItem"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["load", "line"], name="item_line_once"),
            models.CheckConstraint(
                condition=models.Q(weight_lb__gte=0), name="item_weight_not_negative"
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{name}__gt": 0}) | models.Q(**{name: None}),
                    name=f"item_{name}_above_zero",
                )
                for name in ("pieces", "length_in", "width_in", "height_in")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.description}".strip()

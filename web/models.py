"""What pages remember for people; nothing here is freight or money."""

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A name for how a list is looked at: filters, columns, order, density.

    `state` is the query string that shows it, without the search words and the page. A shared
    view is everybody's to look at and its owner's to change.
    """

    page = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    is_shared = models.BooleanField(default=False)
    state = models.CharField(max_length=1000, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

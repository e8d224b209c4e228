"""What loads cost, for those of the house."""

from dispatch.models import Load, LoadCost


def costs_of(load: Load) -> list[LoadCost]:
    """Return the newest cost of each kind; in a customer's transaction there is none."""
    newest = LoadCost.objects.filter(load=load).order_by("kind", "-pk").distinct("kind")
    return list(newest)

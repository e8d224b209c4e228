"""Who hears which event: the map of Lading, read like `urls.py`.

Each line is (event, handler, queue). A handler takes a list of deliveries and returns a verdict
for each. Handlers marked `transactional=False` touch the network or draw PDFs; they run outside
a transaction and may run twice.
"""

from journal.events import Subscription, on

SUBSCRIPTIONS: list[Subscription] = [
    # What the review queue makes of it
    on("load.tracked", "exceptions.handlers.follow_milestones", queue="billing"),
    on("load.changed", "exceptions.handlers.follow_milestones", queue="billing"),
    on("document.accepted", "exceptions.handlers.follow_documents", queue="billing"),
    on("document.rejected", "exceptions.handlers.follow_documents", queue="billing"),
    on("delivery.dead", "exceptions.handlers.open_dead_letters", queue="housekeeping"),
    on("delivery.replayed", "exceptions.handlers.close_dead_letters", queue="housekeeping"),
]
__all__ = ["SUBSCRIPTIONS", "on"]

"""Who hears which event: the map of Lading, read like `urls.py`.

Each line is (event, handler, queue). A handler takes a list of deliveries and returns a verdict
for each. Handlers marked `transactional=False` touch the network or draw PDFs; they run outside
a transaction and may run twice.
"""

from journal.events import Subscription, on

SUBSCRIPTIONS: list[Subscription] = []
__all__ = ["SUBSCRIPTIONS", "on"]

"""Who hears which event: the map of Lading, read like `urls.py`.

Each line is (event, handler, queue). A handler takes a list of deliveries and returns a verdict
for each. Handlers marked `transactional=False` touch the network or draw PDFs; they run outside
a transaction and may run twice.
"""

from journal.events import Subscription, on

SUBSCRIPTIONS: list[Subscription] = [
    # A message came in: understand it; what waited for its load can go on now
    on("message.received", "integrations.handlers.understand_messages", queue="intake",
       transactional=False),
    on("load.created", "integrations.handlers.fetch_parked_messages", queue="intake"),
    on("load.changed", "integrations.handlers.fetch_parked_messages", queue="intake"),
    # Milestones that contradict each other are a case before anybody bills by them
    on("load.tracked", "exceptions.handlers.follow_milestones", queue="billing"),
    on("load.changed", "exceptions.handlers.follow_milestones", queue="billing"),
    # Is the load ready to be billed? Whatever may change the answer asks again
    on("load.created", "billing.handlers.evaluate_loads", queue="billing"),
    on("load.changed", "billing.handlers.evaluate_loads", queue="billing"),
    on("load.tracked", "billing.handlers.evaluate_loads", queue="billing"),
    on("document.received", "billing.handlers.evaluate_loads", queue="billing"),
    on("document.accepted", "billing.handlers.evaluate_loads", queue="billing"),
    on("document.rejected", "billing.handlers.evaluate_loads", queue="billing"),
    on("case.opened", "billing.handlers.evaluate_loads", queue="billing"),
    on("case.closed", "billing.handlers.evaluate_loads", queue="billing"),
    on("case.reopened", "billing.handlers.evaluate_loads", queue="billing"),
    on("charge.added", "billing.handlers.evaluate_loads", queue="billing"),
    on("charge.changed", "billing.handlers.evaluate_loads", queue="billing"),
    on("charge.approved", "billing.handlers.evaluate_loads", queue="billing"),
    on("charge.held", "billing.handlers.evaluate_loads", queue="billing"),
    on("charge.waived", "billing.handlers.evaluate_loads", queue="billing"),
    on("customer.changed", "billing.handlers.evaluate_loads", queue="billing"),
    on("policy.activated", "billing.handlers.evaluate_loads", queue="billing"),
    on("rate_card.published", "billing.handlers.evaluate_loads", queue="billing"),
    on("fuel_index.published", "billing.handlers.evaluate_loads", queue="billing"),
    on("tax_rate.recorded", "billing.handlers.evaluate_loads", queue="billing"),
    on("entity.registered", "billing.handlers.evaluate_loads", queue="billing"),
    # A week of an index that was missed has come
    on("fuel_index.published", "integrations.handlers.close_arrived_indexes", queue="intake"),
    on("invoice.credited", "billing.handlers.evaluate_loads", queue="billing"),
    on("load.blocked", "billing.handlers.ask_in_time", queue="billing"),
    on("load.reassessed", "billing.handlers.ask_in_time", queue="billing"),
    # Somebody asked what a period would have cost
    on("backtest.started", "insights.handlers.run_backtests", queue="housekeeping",
       transactional=False),
    on("delivery.dead", "insights.handlers.end_dead_backtests", queue="housekeeping"),
    # A rate sheet was sent: read it block by block; write it into its draft all at once
    on("rate_import.received", "rating.handlers.read_imports", queue="housekeeping",
       transactional=False),
    on("rate_import.applying", "rating.handlers.apply_imports", queue="housekeeping"),
    # What the review queue makes of it
    on("document.accepted", "exceptions.handlers.follow_documents", queue="billing"),
    on("document.rejected", "exceptions.handlers.follow_documents", queue="billing"),
    on("delivery.dead", "exceptions.handlers.open_dead_letters", queue="housekeeping"),
    on("delivery.replayed", "exceptions.handlers.close_dead_letters", queue="housekeeping"),
    # Ready: bill it, draw what was issued, post it
    on("load.ready", "billing.handlers.issue_ready", queue="billing"),
    on("invoice_request.opened", "billing.handlers.issue_requested", queue="billing"),
    on("invoice.issued", "billing.handlers.print_invoices", queue="render", transactional=False),
    on("invoice.issued", "integrations.handlers.queue_postings", queue="outbound"),
    # A tender was answered: its partner is told as it asked
    on("tender.answered", "integrations.handlers.answer_tenders", queue="outbound"),
    on("tender.answered", "exceptions.handlers.follow_tenders", queue="housekeeping"),
    on("tender.expired", "exceptions.handlers.follow_tenders", queue="housekeeping"),
    on("outbox.queued", "integrations.handlers.send_queued", queue="outbound",
       transactional=False),
    # What people are told by e-mail: keys to the house, what happened to their sign-in, notices
    on("password.link_asked", "integrations.handlers.write_links", queue="outbound"),
    on("person.invited", "integrations.handlers.write_invitations", queue="outbound"),
    on("person.created", "integrations.handlers.write_invitations", queue="outbound"),
    on("person.reactivated", "integrations.handlers.write_invitations", queue="outbound"),
    on("person.password_changed", "integrations.handlers.write_changes", queue="outbound"),
    on("person.second_factor_added", "integrations.handlers.write_changes", queue="outbound"),
    on("person.second_factor_removed", "integrations.handlers.write_changes", queue="outbound"),
    on("person.second_factor_renewed", "integrations.handlers.write_changes", queue="outbound"),
    on("person.second_factor_reset", "integrations.handlers.write_changes", queue="outbound"),
    on("person.locked_out", "integrations.handlers.write_locks", queue="outbound"),
    on("invoice.rendered", "integrations.handlers.announce_invoices", queue="outbound"),
    on("invoice.rendered", "integrations.handlers.send_invoice_letters", queue="outbound"),
    on("document.accepted", "integrations.handlers.announce_papers", queue="outbound"),
    on("case.overdue", "integrations.handlers.announce_overdue", queue="outbound"),
]  # fmt: skip
__all__ = ["SUBSCRIPTIONS", "on"]

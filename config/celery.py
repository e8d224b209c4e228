"""Celery carries bells between processes, and the clock that rings the regular ones.

A worker is `celery -A config.celery worker -Q QUEUES`; the work itself waits in the database.
"""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LADING_PROCESS", "worker")

app = Celery("lading")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Threads other than the importing one ring the same bells.
app.set_default()


def every(seconds: float, task: str, *, queue: str) -> dict[str, object]:
    """Return a line of the schedule; a ring nobody heard before the next one is void."""
    return {"task": task, "schedule": seconds, "options": {"queue": queue, "expires": seconds}}


app.conf.beat_schedule = {
    "sweep": every(settings.SWEEP_SECONDS, "journal.tasks.sweep", queue="housekeeping"),
    "seal": every(5.0, "journal.tasks.seal", queue="housekeeping"),
    "poll": every(settings.POLL_SECONDS, "integrations.tasks.poll_sources", queue="intake"),
    # The publisher's calendar says what is due; the bell only asks.
    "indexes": every(300.0, "integrations.tasks.fetch_indexes", queue="intake"),
    "age": every(60.0, "integrations.tasks.age_parked", queue="intake"),
    "send": every(5.0, "integrations.tasks.send_due", queue="outbound"),
    "follow": every(15.0, "insights.tasks.follow_loads", queue="housekeeping"),
    "remind": every(60.0, "exceptions.tasks.remind", queue="housekeeping"),
    "expire": every(15.0, "dispatch.tasks.expire", queue="housekeeping"),
    "tenders": every(60.0, "exceptions.tasks.follow_tenders", queue="housekeeping"),
    "daily": every(300.0, "integrations.tasks.write_daily", queue="outbound"),
    "probe": every(15.0, "integrations.tasks.probe", queue="outbound"),
}

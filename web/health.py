"""Probes: is the process alive, and can it do its work."""

from collections.abc import Callable
from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from journal.models import Delivery
from web.access import public

BACKLOG_LIMIT = timedelta(minutes=5)


@public
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer that the process is alive; asks nothing of anybody else."""
    return JsonResponse({"status": "alive"})


@public
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when all the process needs is there, else 503 naming what is missing."""
    missing = {name: problem for name, check in CHECKS.items() if (problem := check())}
    body = {"status": "waiting" if missing else "ready", "missing": missing}
    return JsonResponse(body, status=503 if missing else 200)


def database() -> str:
    """Say what is wrong with the database, or nothing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "The database does not answer."
    return ""


def migrations() -> str:
    """Say how many migrations are not applied, or nothing."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "Unknown while the database does not answer."
    return f"{len(plan)} migrations are not applied." if plan else ""


def doorbell() -> str:
    """Say what is wrong with Redis, or nothing."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        return "Redis does not answer."
    return ""


def journal_backlog() -> str:
    """Say that due work waits and nobody is working, or nothing.

    A long queue that is being worked off is not a reason to refuse visitors.
    """
    now = timezone.now()
    is_open = [Delivery.Status.PENDING, Delivery.Status.LEASED]
    open_work = Delivery.objects.filter(status__in=is_open)
    try:
        is_late = open_work.filter(next_try_at__lte=now - BACKLOG_LIMIT).exists()
        is_worked = is_late and open_work.filter(lease_until__gt=now).exists()
    except DatabaseError:
        return "Unknown while the database does not answer."
    if not is_late or is_worked:
        return ""
    limit = BACKLOG_LIMIT.total_seconds() / 60
    return f"Work is due since more than {limit:.0f} minutes and no worker holds any of it."


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "redis": doorbell,
    "journal": journal_backlog,
}

"""Find the one row an address names, among those a person may see."""

from typing import Any, TypeVar

import structlog
from django.db.models import Model
from django.http import Http404, HttpRequest

from accounts.models import ScopedQuerySet
from web.access import signed_in

Row = TypeVar("Row", bound=Model)
log = structlog.get_logger(__name__)


def find_or_404(request: HttpRequest, rows: ScopedQuerySet[Row], **named: Any) -> Row:
    """Return the row, or answer 404 and log who asked: not there and not yours look the same."""
    user = signed_in(request)
    row = rows.for_user(user).filter(**named).first()
    if row is None:
        log.warning("row_refused", model=rows.model._meta.label, user=user.pk, **named)
        raise Http404
    return row

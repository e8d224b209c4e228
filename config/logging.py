"""One JSON line per log entry, who, what and when in UTC, without secrets."""

from functools import lru_cache
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

SECRET_KEYS = ("password", "secret", "token", "authorization", "api_key", "cookie")


def mask_secrets(_logger: WrappedLogger, _name: str, entry: EventDict) -> EventDict:
    """Replace the value of every key that names a secret."""
    for key in entry:
        if _names_secret(key):
            entry[key] = "***"
    return entry


@lru_cache(maxsize=1_000)
def _names_secret(key: str) -> bool:
    return any(word in key.lower() for word in SECRET_KEYS)


LOG_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    mask_secrets,
    structlog.processors.format_exc_info,
]
LOG_RENDERERS: list[Any] = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.processors.JSONRenderer(),
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *LOG_PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

"""X12 dates, times and time codes as moments."""

from datetime import datetime

from integrations.adapters.edi.codes import LOCAL_TIME, TIME_CODES
from integrations.events import Moment
from integrations.rules.clocks import ClockError


def read_local(date: str, time: str) -> datetime:
    """Return the naive local time of an X12 date (CCYYMMDD or YYMMDD) and time (HHMM[SS[DD]]).

    Raises:
        ClockError: one of the two is missing or no such date or time exists.
    """
    if not date:
        raise ClockError("there is no date.")
    if not time:
        raise ClockError(f"the date {date} has no time.")
    if len(date) not in {6, 8} or not (date.isascii() and date.isdecimal()):
        raise ClockError(f"the date {date!r} is not CCYYMMDD.")
    if len(time) not in {4, 6, 7, 8} or not (time.isascii() and time.isdecimal()):
        raise ClockError(f"the time {time!r} is not HHMM.")
    pattern = "%Y%m%d" if len(date) == 8 else "%y%m%d"
    try:
        return datetime.strptime(date + time[:6].ljust(6, "0"), pattern + "%H%M%S")  # noqa: DTZ007
    except ValueError as error:
        raise ClockError(f"{date} {time} is no date and time.") from error


def read_moment(date: str, time: str, code: str, *, fallback_zone: str = "") -> Moment:
    """Return the moment of a date, a time and a time code (element 623).

    No code, or LT, leaves the zone to the place.

    Raises:
        ClockError: see `read_local`; or the code is none of the list.
    """
    local = read_local(date, time)
    if code and code != LOCAL_TIME and code not in TIME_CODES:
        raise ClockError(f"the time code {code!r} is not known.")
    zone = TIME_CODES.get(code, "")
    return Moment(local=local, zone=zone, fallback_zone=zone or fallback_zone)

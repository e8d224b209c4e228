"""Which clock a place keeps, from its country, state and postal code.

Asked only when nobody who knows the place has named its zone: neither the message nor the location
book. Thirteen states of the US keep two zones; the ones below are told apart by the first three
digits of the ZIP code. Where a ZIP area itself is divided, or no ZIP code is known, a place counts
for the zone that most people of its state live in:

    AK  the western Aleutians           NE  the panhandle (693) apart
    AZ  the Navajo Nation               NV  West Wendover
    FL  the panhandle (324, 325) apart  OR  Malheur County (979) apart
    ID  the north (835, 838) apart      SD  the Black Hills (577) apart
    IN  Gary, Evansville apart          TN  the east (373, 374, 376-379) apart
    KS  four western counties           TX  El Paso (798, 799, 885) apart
    KY  the west (420-424) apart        ND  Dickinson (586) apart
    MI  four western counties

In Canada and Mexico the province decides; Nunavut, with three zones, counts for Iqaluit's.
"""

from functools import cache
from zoneinfo import available_timezones

EASTERN = "America/New_York"
CENTRAL = "America/Chicago"
MOUNTAIN = "America/Denver"
PACIFIC = "America/Los_Angeles"


def _by_place(places_of: dict[str, str]) -> dict[str, str]:
    """Turn {zone: its places} into {place: zone}."""
    return {place: zone for zone, places in places_of.items() for place in places.split()}


ZONE_OF_STATE = _by_place(
    {
        EASTERN: "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
        CENTRAL: "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
        MOUNTAIN: "CO MT NM UT WY",
        PACIFIC: "CA NV OR WA",
        "America/Boise": "ID",
        "America/Phoenix": "AZ",
        "America/Anchorage": "AK",
        "America/Puerto_Rico": "PR VI",
        "Pacific/Honolulu": "HI",
        "Pacific/Guam": "GU",
    }
)
ZONE_OF_ZIP3 = _by_place(
    {
        CENTRAL: "324 325 463 464 476 477 420 421 422 423 424",
        EASTERN: "373 374 376 377 378 379",
        MOUNTAIN: "577 586 693 798 799 885",
        PACIFIC: "835 838",
        "America/Boise": "979",
    }
)
ZONE_OF_PROVINCE: dict[str, str] = {
    "AB": "America/Edmonton",
    "BC": "America/Vancouver",
    "MB": "America/Winnipeg",
    "NB": "America/Moncton",
    "NL": "America/St_Johns",
    "NS": "America/Halifax",
    "NT": "America/Edmonton",
    "NU": "America/Iqaluit",
    "ON": "America/Toronto",
    "PE": "America/Halifax",
    "QC": "America/Toronto",
    "SK": "America/Regina",
    "YT": "America/Whitehorse",
}
ZONE_OF_MEXICAN_STATE: dict[str, str] = {
    "BC": "America/Tijuana",
    "BS": "America/Mazatlan",
    "NA": "America/Mazatlan",
    "QR": "America/Cancun",
    "SI": "America/Mazatlan",
    "SO": "America/Hermosillo",
}
ZONE_OF_COUNTRY: dict[str, str] = {
    "AT": "Europe/Vienna",
    "BE": "Europe/Brussels",
    "CH": "Europe/Zurich",
    "CZ": "Europe/Prague",
    "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "IT": "Europe/Rome",
    "LU": "Europe/Luxembourg",
    "MX": "America/Mexico_City",
    "NL": "Europe/Amsterdam",
    "PL": "Europe/Warsaw",
    "PR": "America/Puerto_Rico",
    "SE": "Europe/Stockholm",
    "SG": "Asia/Singapore",
}
TWO_LETTERS = {"USA": "US", "CAN": "CA", "MEX": "MX", "DEU": "DE", "GBR": "GB", "NLD": "NL"}


def country_code(text: str) -> str:
    """Return the two-letter code for the two or three letters that a partner wrote."""
    return TWO_LETTERS.get(text.upper(), text.upper())


def zone_of(*, state: str, postal_code: str = "", country: str = "") -> str | None:
    """Return the IANA zone of a place, or None when what is known of it does not tell.

    Without a country, and where a partner writes US for every load, a Canadian province is
    known by its letters, which no state of the US shares.
    """
    region, code = state.strip().upper(), country_code(country.strip())
    if code == "MX":
        return ZONE_OF_MEXICAN_STATE.get(region, ZONE_OF_COUNTRY["MX"])
    if code not in {"", "US", "CA"}:
        return ZONE_OF_COUNTRY.get(code)
    if code == "CA" or region in ZONE_OF_PROVINCE:
        return ZONE_OF_PROVINCE.get(region)
    return ZONE_OF_ZIP3.get(postal_code.strip()[:3]) or ZONE_OF_STATE.get(region)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Tell whether `name` is an IANA time zone."""
    return name in _zones()

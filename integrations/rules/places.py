"""Which time zone a North American place keeps, from its state and postal code.

States that lie in two zones are told apart by the first three digits of the ZIP code; without one
they count for the zone most of their people live in. The stop of a known load always comes first:
this table is asked only when nothing better names the zone.
"""

# Zone by zone, the states and provinces that lie in it, wholly or with most of their people.
_STATES_BY_ZONE = {
    "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO MT NM UT WY",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Boise": "ID",
    "America/Phoenix": "AZ",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR VI",
    "America/Edmonton": "AB NT",
    "America/Vancouver": "BC",
    "America/Winnipeg": "MB",
    "America/Moncton": "NB",
    "America/St_Johns": "NL",
    "America/Halifax": "NS PE",
    "America/Toronto": "ON QC",
    "America/Regina": "SK",
    "America/Whitehorse": "YT",
}
# First three digits of the ZIP codes that keep another zone than most of their state: the Florida
# panhandle, Gary and Evansville, western Kentucky; eastern Tennessee; El Paso, Rapid City,
# Dickinson, the Nebraska panhandle; northern Idaho; Malheur County in Oregon.
_ZIP3_BY_ZONE = {
    "America/Chicago": "324 325 463 464 476 477 420 421 422 423 424",
    "America/New_York": "373 374 376 377 378 379",
    "America/Denver": "799 885 577 586 693",
    "America/Los_Angeles": "835 838",
    "America/Boise": "979",
}
_ZONE_OF_STATE = {
    state: zone for zone, states in _STATES_BY_ZONE.items() for state in states.split()
}
_ZONE_OF_ZIP3 = {zip3: zone for zone, codes in _ZIP3_BY_ZONE.items() for zip3 in codes.split()}

_ZONE_OF_COUNTRY = {
    "PR": "America/Puerto_Rico",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "DE": "Europe/Berlin",
    "FR": "Europe/Paris",
    "NL": "Europe/Amsterdam",
    "BE": "Europe/Brussels",
    "PL": "Europe/Warsaw",
    "IT": "Europe/Rome",
    "SG": "Asia/Singapore",
}
_NORTH_AMERICA = {"", "US", "CA"}
_COUNTRY_CODES = {"USA": "US", "CAN": "CA", "MEX": "MX", "DEU": "DE", "GBR": "GB"}


def country_code(text: str) -> str:
    """Return the two-letter code for the two or three letters a partner sent."""
    return _COUNTRY_CODES.get(text.upper(), text.upper())


def zone_of(*, state: str, postal_code: str = "", country: str = "") -> str | None:
    """Return the IANA zone of a place, or None when what is known of it does not tell."""
    code = country_code(country)
    if code not in _NORTH_AMERICA:
        return _ZONE_OF_COUNTRY.get(code)
    return _ZONE_OF_ZIP3.get(postal_code[:3]) or _ZONE_OF_STATE.get(state.upper())

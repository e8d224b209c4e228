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
# Which state a ZIP code lies in, by its first three digits, both ends of a range included.
ZIP3_OF_STATE = {
    "AK": "995-999", "AL": "350-369", "AR": "716-729", "AZ": "850-865", "CA": "900-961",
    "CO": "800-816", "CT": "060-069", "DC": "200 202-205 569", "DE": "197-199", "FL": "320-349",
    "GA": "300-319 398-399", "GU": "969", "HI": "967-968", "IA": "500-528", "ID": "832-838",
    "IL": "600-629", "IN": "460-479", "KS": "660-679", "KY": "400-427", "LA": "700-714",
    "MA": "010-027 055", "MD": "206-219", "ME": "039-049", "MI": "480-499", "MN": "550-567",
    "MO": "630-658", "MS": "386-397", "MT": "590-599", "NC": "270-289", "ND": "580-588",
    "NE": "680-693", "NH": "030-038", "NJ": "070-089", "NM": "870-884", "NV": "889-898",
    "NY": "005 100-149", "OH": "430-459", "OK": "730-731 734-749", "OR": "970-979",
    "PA": "150-196", "PR": "006-007 009", "RI": "028-029", "SC": "290-299", "SD": "570-577",
    "TN": "370-385", "TX": "733 750-799 885", "UT": "840-847", "VA": "201 220-246", "VI": "008",
    "VT": "050-054 056-059", "WA": "980-994", "WI": "530-549", "WV": "247-268", "WY": "820-831",
}  # fmt: skip
# Canada writes the province into the first letter of a postal code; X is two territories.
PROVINCE_OF_LETTER = _by_place(
    {
        "NL": "A", "NS": "B", "PE": "C", "NB": "E", "QC": "G H J", "ON": "K L M N P", "MB": "R",
        "SK": "S", "AB": "T", "BC": "V", "YT": "Y",
    }
)  # fmt: skip
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


def state_of(postal_code: str, *, country: str = "US") -> str:
    """Return the state or province that a postal code lies in, or "" when it does not tell."""
    code, area = country_code(country.strip()), postal_code.strip().upper()[:3]
    if code == "CA":
        in_nunavut = area in {"X0A", "X0B", "X0C"}
        north = "NU" if in_nunavut else "NT"
        return north if area[:1] == "X" else PROVINCE_OF_LETTER.get(area[:1], "")
    return _state_of_zip3().get(area, "") if code in {"", "US"} else ""


@cache
def _state_of_zip3() -> dict[str, str]:
    return {
        f"{zip3:03}": state
        for state, ranges in ZIP3_OF_STATE.items()
        for first, _, last in (each.partition("-") for each in ranges.split())
        for zip3 in range(int(first), int(last or first) + 1)
    }


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Tell whether `name` is an IANA time zone."""
    return name in _zones()

"""Twenty-five docks in five time zones, and how far apart they are."""

from dataclasses import dataclass
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt


@dataclass(frozen=True, slots=True)
class Place:
    """A dock; coordinates are of the town."""

    code: str
    name: str
    address: str
    city: str
    state: str
    postal_code: str
    timezone: str
    latitude: str
    longitude: str


CENTRAL, EASTERN, MOUNTAIN, PACIFIC, ARIZONA = (
    "America/Chicago",
    "America/New_York",
    "America/Denver",
    "America/Los_Angeles",
    "America/Phoenix",
)

PLACES = [
    Place(
        "PRF-DC12",
        "Prairie Foods DC 12",
        "3201 Channahon Rd",
        "Joliet",
        "IL",
        "60436",
        CENTRAL,
        "41.50",
        "-88.10",
    ),
    Place(
        "PRF-DC4",
        "Prairie Foods DC 4",
        "1300 Hall St",
        "St. Louis",
        "MO",
        "63147",
        CENTRAL,
        "38.71",
        "-90.24",
    ),
    Place(
        "PRF-DC9",
        "Prairie Foods DC 9",
        "450 Murfreesboro Pike",
        "Nashville",
        "TN",
        "37210",
        CENTRAL,
        "36.14",
        "-86.74",
    ),
    Place(
        "LKS-RDC",
        "Lakeshore Grocers RDC",
        "4450 S Tibbs Ave",
        "Indianapolis",
        "IN",
        "46241",
        EASTERN,
        "39.72",
        "-86.24",
    ),
    Place(
        "LKS-DC3",
        "Lakeshore Grocers DC 3",
        "2200 Creekside Pkwy",
        "Columbus",
        "OH",
        "43137",
        EASTERN,
        "39.82",
        "-82.94",
    ),
    Place(
        "LKS-DC7",
        "Lakeshore Grocers DC 7",
        "8800 Brookpark Rd",
        "Cleveland",
        "OH",
        "44129",
        EASTERN,
        "41.40",
        "-81.73",
    ),
    Place(
        "VNT-GARY",
        "Vantage Steel Mill",
        "900 Clark Rd",
        "Gary",
        "IN",
        "46402",
        CENTRAL,
        "41.60",
        "-87.35",
    ),
    Place(
        "VNT-ERIE",
        "Vantage Steel Service Center",
        "1507 Raspberry St",
        "Erie",
        "PA",
        "16502",
        EASTERN,
        "42.11",
        "-80.11",
    ),
    Place(
        "VNT-DET",
        "Vantage Steel Detroit",
        "9300 Dix Ave",
        "Detroit",
        "MI",
        "48209",
        EASTERN,
        "42.30",
        "-83.12",
    ),
    Place(
        "HRL-APP",
        "Harlan Paper Mill",
        "41 Mill St",
        "Appleton",
        "WI",
        "54911",
        CENTRAL,
        "44.27",
        "-88.40",
    ),
    Place(
        "HRL-MSP",
        "Harlan Paper Warehouse",
        "2800 Broadway St NE",
        "Minneapolis",
        "MN",
        "55413",
        CENTRAL,
        "45.00",
        "-93.25",
    ),
    Place(
        "MRD-RFD",
        "Meridian Tools Plant",
        "7700 Airport Way",
        "Rockford",
        "IL",
        "61109",
        CENTRAL,
        "42.20",
        "-89.10",
    ),
    Place(
        "MRD-KC",
        "Meridian Tools West",
        "6100 Front St",
        "Kansas City",
        "MO",
        "64120",
        CENTRAL,
        "39.13",
        "-94.52",
    ),
    Place(
        "NRD-GRB",
        "Nordic Dairy Plant 2",
        "18 Plant Rd",
        "Green Bay",
        "WI",
        "54304",
        CENTRAL,
        "44.50",
        "-88.07",
    ),
    Place(
        "BLU-LGB",
        "Blue Harbor Terminal",
        "500 Dock St",
        "Long Beach",
        "CA",
        "90802",
        PACIFIC,
        "33.76",
        "-118.20",
    ),
    Place(
        "BLU-PHX",
        "Blue Harbor Phoenix",
        "4100 W Buckeye Rd",
        "Phoenix",
        "AZ",
        "85009",
        ARIZONA,
        "33.44",
        "-112.13",
    ),
    Place(
        "SMT-DEN",
        "Summit Beverage Brewery",
        "3300 Brighton Blvd",
        "Denver",
        "CO",
        "80216",
        MOUNTAIN,
        "39.77",
        "-104.97",
    ),
    Place(
        "SMT-SLC",
        "Summit Beverage Salt Lake",
        "2150 W 1500 S",
        "Salt Lake City",
        "UT",
        "84104",
        MOUNTAIN,
        "40.74",
        "-111.95",
    ),
    Place(
        "OAK-HPT",
        "Oakview Furniture Works",
        "210 Hickory Dr",
        "High Point",
        "NC",
        "27260",
        EASTERN,
        "35.96",
        "-80.00",
    ),
    Place(
        "OAK-ATL",
        "Oakview Furniture Atlanta",
        "1675 Marietta Blvd",
        "Atlanta",
        "GA",
        "30318",
        EASTERN,
        "33.80",
        "-84.43",
    ),
    Place(
        "CRS-HOU",
        "Crescent Chemical Houston",
        "6400 Canal St",
        "Houston",
        "TX",
        "77011",
        CENTRAL,
        "29.74",
        "-95.31",
    ),
    Place(
        "CRS-DAL",
        "Crescent Chemical Dallas",
        "2929 Irving Blvd",
        "Dallas",
        "TX",
        "75247",
        CENTRAL,
        "32.81",
        "-96.87",
    ),
    Place(
        "RVR-MEM",
        "Riverbend Packaging",
        "77 Levee Rd",
        "Memphis",
        "TN",
        "38103",
        CENTRAL,
        "35.15",
        "-90.05",
    ),
    Place(
        "HGH-FAT",
        "Highland Produce Cooler",
        "1900 Valley Ave",
        "Fresno",
        "CA",
        "93706",
        PACIFIC,
        "36.70",
        "-119.82",
    ),
    Place(
        "HGH-LAS",
        "Highland Produce Las Vegas",
        "3900 W Harmon Ave",
        "Las Vegas",
        "NV",
        "89103",
        PACIFIC,
        "36.11",
        "-115.19",
    ),
]
BY_CODE = {place.code: place for place in PLACES}

MILES_SOURCE = "Great circle x 1.18"
EARTH_MILES = 3958.8


def road_miles(start: Place, end: Place) -> Decimal:
    """Return whole miles by road: the great circle stretched by 18 %."""
    lat1, lon1, lat2, lon2 = (
        radians(float(x)) for x in (start.latitude, start.longitude, end.latitude, end.longitude)
    )
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return Decimal(round(2 * EARTH_MILES * asin(sqrt(half)) * 1.18))

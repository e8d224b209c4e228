"""A dozen customers with different terms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CustomerSpec:
    """A customer as the demonstration makes it."""

    code: str
    name: str
    lines: str
    terms_days: int = 30
    is_reviewed: bool = False
    required: str = ""
    status: str = "ACTIVE"


CUSTOMERS = [
    CustomerSpec("PRFD-0042", "Prairie Foods Co.", "AP Center, PO Box 1180\nJoliet, IL 60434"),
    CustomerSpec("LKSH-0017", "Lakeshore Grocers", "2200 Creekside Pkwy\nColumbus, OH 43137", 21),
    CustomerSpec("VNTG-0031", "Vantage Steel", "900 Clark Rd\nGary, IN 46402", 45, required="PO"),
    CustomerSpec("HRLN-0008", "Harlan Paper", "41 Mill St\nAppleton, WI 54911"),
    CustomerSpec(
        "MRDN-0055", "Meridian Tools", "7700 Airport Way\nRockford, IL 61109", is_reviewed=True
    ),
    CustomerSpec("NRDC-0023", "Nordic Dairy", "18 Plant Rd\nGreen Bay, WI 54304", 14),
    CustomerSpec("BLUE-0064", "Blue Harbor Imports", "500 Dock St\nLong Beach, CA 90802", 15),
    CustomerSpec("SMTB-0012", "Summit Beverage", "3300 Brighton Blvd\nDenver, CO 80216"),
    CustomerSpec(
        "OAKV-0071",
        "Oakview Furniture",
        "210 Hickory Dr\nHigh Point, NC 27260",
        60,
        is_reviewed=True,
    ),
    CustomerSpec(
        "CRSC-0029", "Crescent Chemical", "6400 Canal St\nHouston, TX 77011", required="PO,BOL"
    ),
    CustomerSpec("RVRB-0036", "Riverbend Packaging", "77 Levee Rd\nMemphis, TN 38103"),
    CustomerSpec("HGHL-0048", "Highland Produce", "1900 Valley Ave\nFresno, CA 93706", 10),
]

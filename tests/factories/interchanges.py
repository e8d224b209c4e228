"""A van load told by X12, in the shapes that partners send: one 204, then 214s.

The tender follows the 204s of shippers (stops in S5 loops, windows in G62 37/38 and 53/54), the
statuses the 214s of carriers (AT7 and MS1 in LX loops, local time). No message speaks of miles.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

# What the load costs: flat, fuel as a percentage, and 75 minutes at the last dock.
LINES = [
    ("LHS", None, Decimal("1180.00")),
    ("FUE", None, Decimal("383.50")),
    ("DET", 2, Decimal("93.75")),
]
TOTAL = Decimal("1657.25")

TENDER = """
ST*204*0001~
B2**CDRF**{shipment}**PP*L~
B2A*00*P ~
L11*7741{shipment}*CN~
L11*PF-{shipment}*BM~
L11*45{shipment}*PO~
MS3*CDRF*B**TL~
N1*BT*PRAIRIE FOODS CO*93*PRFD0042~
N7**5322*********TV~
S5*1*CL*38420*L*24*PLT~
G62*37*{pickup:%Y%m%d}*I*0700~
G62*38*{pickup:%Y%m%d}*K*0800~
N1*SH*PRAIRIE FOODS DC 12*93*PRF-DC12~
N3*3201 CHANNAHON RD~
N4*JOLIET*IL*60436*US~
S5*2*CU*38420*L*24*PLT~
G62*53*{delivery:%Y%m%d}*G*0600~
G62*54*{delivery:%Y%m%d}*L*0600~
N1*CN*LAKESHORE GROCERS DC 3*93*LKS-DC3~
N3*2200 CREEKSIDE PKWY~
N4*COLUMBUS*OH*43137*US~
L3*38420*G~
SE*23*0001~
"""

STATUS = """
ST*214*{control:04}~
B10*7741{shipment}*{shipment}*CDRF~
L11*PF-{shipment}*BM~
LX*1~
AT7*{status}*NS***{on:%Y%m%d}*{time}*LT~
MS1*{city}*{state}*US~
MS2*CDRF*5322~
SE*8*{control:04}~
"""

ISA = (
    "ISA*00*          *00*          *ZZ*PRAIRIEFOODS   *ZZ*CEDARRIDGE     "
    "*{on:%y%m%d}*1015*U*00401*{control:09}*0*P*:~"
)
GS = "GS*{code}*PRAIRIEFOODS*CEDARRIDGE*{on:%Y%m%d}*1015*{control}*X*004010~"
CHICAGO, OHIO = ("JOLIET", "IL"), ("COLUMBUS", "OH")


def tender(shipment: str, *, pickup: date, delivery: date, control: int = 1) -> str:
    """Return an interchange with the 204 of a load from Joliet to Columbus."""
    text = TENDER.format(shipment=shipment, pickup=pickup, delivery=delivery)
    return _interchange(text, code="SM", on=pickup, control=control)


def status(
    shipment: str, code: str, *, on: date, time: str, place: tuple[str, str], control: int
) -> str:
    """Return an interchange with a 214 that tells one status on the clock of `place`."""
    city, state = place
    text = STATUS.format(
        shipment=shipment, status=code, on=on, time=time, city=city, state=state, control=control
    )
    return _interchange(text, code="QM", on=on, control=control)


def day_of(shipment: str, *, pickup: date, delivery: date) -> list[str]:
    """Return the interchanges of a load's life in order, the tender first.

    The truck comes to the last dock five minutes early and leaves it 195 minutes after the
    appointment.
    """
    told = [
        ("XB", pickup, "0512", CHICAGO),
        ("X3", pickup, "0652", CHICAGO),
        ("AF", pickup, "0831", CHICAGO),
        ("X6", pickup, "1240", ("INDIANAPOLIS", "IN")),
        ("X1", delivery, "0555", OHIO),
        ("D1", delivery, "0915", OHIO),
        ("CD", delivery, "0915", OHIO),
    ]
    statuses = [
        status(shipment, code, on=on, time=time, place=place, control=control)
        for control, (code, on, time, place) in enumerate(told, start=2)
    ]
    return [tender(shipment, pickup=pickup, delivery=delivery), *statuses]


def write(folder: Path, interchanges: list[str]) -> list[str]:
    """Write each interchange to a file of its own and return their paths in order."""
    paths = [folder / f"{n:02}.edi" for n in range(len(interchanges))]
    for path, text in zip(paths, interchanges, strict=True):
        path.write_text(text)
    return [str(path) for path in paths]


def _interchange(text: str, *, code: str, on: date, control: int) -> str:
    head = ISA.format(on=on, control=control) + GS.format(code=code, on=on, control=control)
    body = text.replace("\n", "")
    return f"{head}{body}GE*1*{control}~IEA*1*{control:09}~"

"""Messages of our own writing, in the shapes partners send."""

from collections.abc import Sequence

ISA = (
    "ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*260301*1015*U*00401"
    "*{control:09}*0*{usage}*>~"
)

TENDER = """
ST*204*0001~
B2**LDNG**S104879**PP~
B2A*{purpose}~
L11*774109381*CN~
L11*45-7781*PO~
G62*64*20260302*1*1700*CT~
MS3*LDNG*B**TL~
N7**5318*********TW~
S5*1*CL*41932*L*24*PL~
G62*37*20260304*I*0800*LT~
G62*38*20260304*K*0900*LT~
N1*SF*Prairie Foods, Plant 2*93*PRFD-P2~
N3*205 South Airport Dr~
N4*MONTEZUMA*GA*31063*US~
L5*1*Frozen vegetables~
S5*2*CU*41932*L*24*PL~
G62*70*20260305*X*1130*LT~
N1*ST*Wolcott Cold Storage~
N3*6051 West Ave~
N4*WOLCOTT*NY*14590*US~
L3*41932*G***185000******24*L~
SE*22*0001~
"""

STATUS = """
ST*214*0001~
B10*774109381*S104879*LDNG~
LX*1~
AT7*{status}*NS***{date}*{time}*{zone}~
MS1*{city}*{state}*US~
SE*6*0001~
"""


def flat(text: str) -> str:
    """Return the segments without the line ends they are written with here."""
    return text.replace("\n", "")


def interchange(
    *sets: str,
    code: str = "QM",
    sender: str = "PRAIRIE",
    receiver: str = "LADING",
    control: int = 7,
    usage: str = "P",
) -> str:
    """Return one interchange with one group of `sets`, its counts and numbers right."""
    body = "".join(flat(text) for text in sets)
    head = ISA.format(sender=sender, receiver=receiver, control=control, usage=usage)
    group = f"GS*{code}*{sender}*{receiver}*20260301*1015*{control}*X*004010~"
    return f"{head}{group}{body}GE*{len(sets)}*{control}~IEA*1*{control:09}~"


def tender(purpose: str = "00", *, control: int = 7) -> str:
    """Return a whole 204."""
    return interchange(TENDER.format(purpose=purpose), code="SM", control=control)


def status(
    code: str = "X3",
    *,
    date: str = "20260304",
    time: str = "0812",
    zone: str = "LT",
    city: str = "MONTEZUMA",
    state: str = "GA",
    control: int = 8,
) -> str:
    """Return a whole 214 with one status."""
    text = STATUS.format(status=code, date=date, time=time, zone=zone, city=city, state=state)
    return interchange(text, control=control)


def statuses(*segments: str, header: Sequence[str] = ()) -> str:
    """Return one 214 with the given AT7 (and MS1) segments in one LX loop."""
    lines = ["ST*214*0001~", "B10*774109381*S104879*LDNG~", *header, "LX*1~", *segments]
    return "".join([*lines, f"SE*{len(lines) + 1}*0001~"])

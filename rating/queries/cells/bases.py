"""By what a lane charges, in the words and codes that sheets use for it."""

from rating.engine.bases import LANE_BASES
from rating.engine.choices import Basis
from rating.queries.cells.kinds import Unclear
from rating.queries.cells.words import folded

_BASES = {
    Basis.FLAT: "flat,per load,load,lump sum,lumpsum,fr,pl,ls,flat rate,fc",
    Basis.AS_QUOTED: "as quoted,quoted,quote",
    Basis.PER_MILE: "per mile,mile,mi,rpm,pm,rate per mile,miles",
    Basis.PER_KM: "per km,km,kp,per kilometer,per kilometre",
    Basis.PER_CWT: "per cwt,cwt,per hundredweight,hundredweight,cw,ph,100 lb,per 100 lb",
    Basis.PER_POUND: "per pound,pound,lb,per lb",
    Basis.PER_KG: "per kg,kg",
    Basis.PER_TON: "per ton,ton,st,pt,short ton",
    Basis.PER_TONNE: "per tonne,tonne,mm,metric ton",
    Basis.PER_PIECE: "per piece,piece,pcs,pu,pp",
    Basis.PER_PALLET: "per pallet,pallet,pallets,pz,skid,per skid",
    Basis.PER_STOP: "per stop,stop,sp",
    Basis.PER_HOUR: "per hour,hour,hr,hourly",
    Basis.PER_DAY: "per day,day,daily,pd",
    Basis.PER_CUBIC_FOOT: "per cubic foot,cubic foot,ft3,cft,pf,cu ft",
}


_BASIS_OF = {
    folded(name): basis
    for basis, names in _BASES.items()
    for name in (*names.split(","), basis.value)
}


def read_basis(text: str, *, decimal: str = ".", currency: str = "") -> Basis:
    """The basis that a cell names: PER_MILE, per mile, /mi, cwt, flat ..."""
    basis = _BASIS_OF.get(folded(text))
    if basis is None or basis not in LANE_BASES:
        raise Unclear("a basis such as per mile, flat, per cwt or per pallet")
    return basis

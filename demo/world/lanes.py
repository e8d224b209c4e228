"""What moves: each customer's usual loads."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lane:
    """A load that a customer ships again and again."""

    customer: str
    origin: str
    destination: str
    equipment: str
    commodity: str
    stop_off: str | None = None
    shipment_type: str = "TRUCKLOAD"


LANES = [
    Lane("PRFD-0042", "PRF-DC12", "LKS-DC3", "REEFER53", "Chilled dairy", "LKS-RDC"),
    Lane("PRFD-0042", "PRF-DC12", "PRF-DC9", "REEFER53", "Frozen vegetables"),
    Lane("PRFD-0042", "PRF-DC12", "PRF-DC4", "REEFER53", "Chilled dairy"),
    Lane("LKSH-0017", "LKS-RDC", "LKS-DC3", "VAN53", "Groceries"),
    Lane("LKSH-0017", "LKS-RDC", "LKS-DC7", "VAN53", "Groceries"),
    Lane("LKSH-0017", "NRD-GRB", "LKS-DC7", "REEFER53", "Cheese"),
    Lane("VNTG-0031", "VNT-GARY", "VNT-ERIE", "FLATBED", "Steel coils"),
    Lane("VNTG-0031", "VNT-GARY", "VNT-DET", "FLATBED", "Steel plate"),
    Lane("HRLN-0008", "HRL-APP", "HRL-MSP", "VAN53", "Paper rolls"),
    Lane("HRLN-0008", "HRL-APP", "LKS-RDC", "VAN53", "Paper rolls"),
    Lane("MRDN-0055", "MRD-RFD", "MRD-KC", "VAN53", "Hand tools"),
    Lane("MRDN-0055", "MRD-RFD", "CRS-DAL", "VAN53", "Hand tools"),
    Lane("NRDC-0023", "NRD-GRB", "PRF-DC4", "REEFER53", "Milk powder"),
    Lane("NRDC-0023", "NRD-GRB", "LKS-RDC", "REEFER53", "Butter", "PRF-DC12"),
    Lane("BLUE-0064", "BLU-LGB", "BLU-PHX", "CONTAINER", "Imported goods", None, "DRAYAGE"),
    Lane("BLUE-0064", "BLU-LGB", "HGH-LAS", "CONTAINER", "Imported goods", None, "DRAYAGE"),
    Lane("SMTB-0012", "SMT-DEN", "SMT-SLC", "VAN53", "Beverages"),
    Lane("SMTB-0012", "SMT-DEN", "MRD-KC", "VAN53", "Beverages"),
    Lane("OAKV-0071", "OAK-HPT", "OAK-ATL", "VAN53", "Furniture"),
    Lane("OAKV-0071", "OAK-HPT", "PRF-DC9", "VAN53", "Furniture"),
    Lane("CRSC-0029", "CRS-HOU", "CRS-DAL", "VAN53", "Packaged resins"),
    Lane("CRSC-0029", "CRS-HOU", "RVR-MEM", "VAN53", "Packaged resins"),
    Lane("RVRB-0036", "RVR-MEM", "OAK-ATL", "VAN53", "Corrugated"),
    Lane("RVRB-0036", "RVR-MEM", "PRF-DC4", "VAN53", "Corrugated"),
    Lane("HGHL-0048", "HGH-FAT", "HGH-LAS", "REEFER53", "Fresh produce"),
    Lane("HGHL-0048", "HGH-FAT", "BLU-PHX", "REEFER53", "Fresh produce"),
    Lane("MRDN-0055", "MRD-RFD", "MRD-KC", "VAN53", "Hand tools", shipment_type="LTL"),
    Lane("OAKV-0071", "OAK-HPT", "OAK-ATL", "VAN53", "Chairs", shipment_type="LTL"),
]

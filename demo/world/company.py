"""Who bills, and who works there."""

from accounts.rules import Role

ENTITY = {
    "code": "CDRF",
    "name": "Cedar Ridge Freight",
    "address_lines": "2150 W Fulton St\nChicago, IL 60612",
    "city_label": "Chicago, CT",
    "scac": "CDRF",
    "mc_number": "000000",
    "usdot_number": "0000000",
    "tax_number": "00-0000000",
    "phone": "(312) 555-0142",
    "email": "billing@cedarridge.example",
    "remit_ach": "ABA 000000000\nAccount 0000004471",
    "remit_lockbox": "Cedar Ridge Freight, PO Box 7719\nChicago, IL 60677",
    "remit_email": "remit@cedarridge.example",
}
SERIES = {"code": "INV", "prefix": "INV-", "last_number": 117_000}
CREDIT_SERIES = {"code": "CRN", "prefix": "CRN-", "last_number": 4_000}

# role, name, address, and for a customer's people its code
PEOPLE = [
    (Role.DISPATCHER, "Dana Whitfield", "dana@cedarridge.example", None),
    (Role.BILLER, "Rita Solano", "rita@cedarridge.example", None),
    (Role.BILLING_MANAGER, "Lena Marsh", "lena@cedarridge.example", None),
    (Role.ADMINISTRATOR, "Kyle Prentiss", "kyle@cedarridge.example", None),
    (Role.CUSTOMER, "Alma Reyes", "alma@prairiefoods.example", "PRFD-0042"),
]

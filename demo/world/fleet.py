"""Carriers and their drivers."""

# SCAC, name, MC number, drivers as (name, truck)
CARRIERS = [
    (
        "CDRF",
        "Cedar Ridge Freight",
        "000000",
        [
            ("Marcus Okafor", "4417"),
            ("June Tran", "4420"),
            ("Pete Lindqvist", "4431"),
            ("Sofia Marino", "4438"),
            ("Abe Castillo", "4442"),
        ],
    ),
    ("NRTW", "Northway Carriers", "000101", [("Gil Novak", "N12"), ("Hana Becker", "N18")]),
    ("BLKR", "Black River Transport", "000102", [("Omar Haddad", "B07"), ("Lucy Grant", "B11")]),
    ("PLNS", "Plains Reefer Lines", "000103", [("Ted Arneson", "R530"), ("Ines Duarte", "R531")]),
    ("SNBT", "Sunbelt Drayage", "000104", [("Carla Vega", "S3"), ("Joe Pike", "S9")]),
]

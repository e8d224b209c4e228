"""What must always hold of cards, versions and index values."""

from journal.queries.invariants import Invariant, Walk, frozen, guarded

ROWS = (
    "rating_lane",
    "rating_lanebreak",
    "rating_zone",
    "rating_zonemember",
    "rating_accessorialrule",
    "rating_accessorialtier",
    "rating_detentionterms",
    "rating_freetime",
    "rating_fakrange",
    "rating_spacerule",
)

INVARIANTS: tuple[Invariant | Walk, ...] = (
    frozen("I15", "Published index values cannot be changed.", "rating_fuelindexvalue"),
    guarded(
        "I15",
        "The rows of an approved version cannot be changed.",
        ROWS,
        guards=("inserted", "updated_from", "updated_to", "deleted", "not_emptied"),
    ),
    guarded(
        "I15",
        "Approved versions, and the fuel programmes and scales they use, cannot be changed.",
        (
            "rating_ratecardversion",
            "rating_fuelprogramme",
            "rating_fueltablerow",
            "rating_densityscale",
            "rating_scaleedition",
            "rating_scalerow",
        ),
        guards=("kept",),
    ),
    guarded(
        "I15",
        "Tax rates stay as they were recorded.",
        ("rating_taxrate",),
        guards=("kept", "not_emptied"),
    ),
    Invariant(
        "I15",
        "No day has two published versions of one card.",
        """
        SELECT count(*) FROM rating_ratecardversion a JOIN rating_ratecardversion b
            ON b.card_id = a.card_id AND b.id > a.id
        WHERE a.status = 'PUBLISHED' AND b.status = 'PUBLISHED'
          AND daterange(a.effective_from, a.effective_to, '[]')
              && daterange(b.effective_from, b.effective_to, '[]')
        """,
    ),
    Invariant(
        "I24",
        "Nobody approved or published a version they had written or submitted.",
        """
        SELECT count(*) FROM rating_ratecardversion
        WHERE drafted_by IN (approved_by, published_by)
           OR (approved_by <> '' AND (approved_by IN (edited_by, submitted_by)
                                      OR approved_by = ANY(writers)))
        """,
    ),
)

"""What must always hold of cases."""

from journal.queries.invariants import Invariant, Walk, frozen

INVARIANTS: tuple[Invariant | Walk, ...] = (
    frozen("I4", "The trail of a case cannot be changed.", "exceptions_caseentry"),
    Invariant(
        "I17",
        "Every closed case was closed by a person we know or a named rule, for a reason.",
        """
        SELECT count(*) FROM exceptions_case c
        WHERE c.status = 'CLOSED'
          AND (c.close_reason = '' OR c.resolution = '' OR c.closed_at IS NULL
               OR NOT (c.closed_by ~ '^rule:.+' OR EXISTS (
                   SELECT 1 FROM accounts_user u WHERE 'user:' || u.id = c.closed_by)))
        """,
    ),
    Invariant(
        "I17",
        "Nothing has more than one open case.",
        """
        SELECT count(*) FROM (
            SELECT 1 FROM exceptions_case WHERE status = 'OPEN'
            GROUP BY kind, subject_key HAVING count(*) > 1) AS doubled
        """,
    ),
    Invariant(
        "I17",
        "The trail of every case tells of its opening, and of its end by the same actor.",
        """
        SELECT count(*) FROM exceptions_case c
        WHERE NOT EXISTS (SELECT 1 FROM exceptions_caseentry e
                          WHERE e.case_id = c.id AND e.action = 'opened')
           OR (c.status = 'CLOSED' AND NOT EXISTS (
                   SELECT 1 FROM exceptions_caseentry e
                   WHERE e.case_id = c.id AND e.action = 'closed' AND e.by = c.closed_by
                     AND e.at = c.closed_at))
        """,
    ),
    Invariant(
        "I19",
        "A case about a load belongs to the load's customer.",
        """
        SELECT count(*) FROM exceptions_case c JOIN dispatch_load l ON l.id = c.load_id
        WHERE c.customer_id IS DISTINCT FROM l.customer_id
        """,
    ),
)

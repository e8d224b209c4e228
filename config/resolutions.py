"""What a person can do about a case: (kind, action) -> propose and apply.

`propose(case)` gives before and after and changes nothing; `apply(case, by=, at=, reason=,
values=)` makes the change in the transaction that closes the case.
"""

RESOLUTIONS: dict[tuple[str, str], str] = {}

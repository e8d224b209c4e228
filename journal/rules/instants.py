"""Which instants are meant: beyond lie slips of the pen, and what some zone cannot show."""

YEARS = range(1990, 2101)

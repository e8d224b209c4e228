"""Lading's own JSON: the form a TMS sends by choice."""

"""The only code of billing that writes."""

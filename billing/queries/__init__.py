"""The only code of billing that reads across tables."""

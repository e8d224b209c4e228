"""The only code that reads across the tables of this app."""

"""The only code of dispatch that reads across tables."""

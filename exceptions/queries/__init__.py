"""The only code of exceptions that reads across tables."""

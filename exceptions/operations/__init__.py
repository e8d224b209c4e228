"""The only code of exceptions that writes."""

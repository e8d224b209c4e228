"""The only code of accounts that writes."""

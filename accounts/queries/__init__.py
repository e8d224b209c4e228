"""The only code of accounts that reads across tables."""

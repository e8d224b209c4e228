"""The only code of journal that reads across tables."""

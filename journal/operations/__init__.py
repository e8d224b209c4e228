"""The only code of journal that writes."""

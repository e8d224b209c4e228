"""The only code of dispatch that writes."""

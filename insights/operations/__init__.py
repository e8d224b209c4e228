"""The only code of insights that writes: its own runs."""

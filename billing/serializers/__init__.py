"""What the API of billing reads and writes."""

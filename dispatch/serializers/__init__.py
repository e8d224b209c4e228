"""What the API of loads reads and writes."""

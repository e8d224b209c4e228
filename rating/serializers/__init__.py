"""What the API of rating reads and shows."""

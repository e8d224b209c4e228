"""What insights compares, as pure functions."""

"""Makes the demonstration through the operations, as people and partners would."""

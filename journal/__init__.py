"""What happened: events, their deliveries, the audit chain and the legal moves of every state."""

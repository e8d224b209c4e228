"""The review queue: anything a person must decide."""

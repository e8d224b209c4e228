"""The outside world: messages in, kept before they are understood; documents out, sent once."""

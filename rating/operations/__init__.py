"""What rating writes: cards, programmes, index values; and quotes, which write nothing."""

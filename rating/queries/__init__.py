"""What rating reads: books, index prices, the facts of a load."""

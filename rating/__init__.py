"""The price of a load: rate cards, fuel programmes, and the arithmetic that explains itself."""

"""Rating over HTTP: prices on demand, and the cards they come from."""

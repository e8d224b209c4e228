"""Pure rules of what partners tell us: clocks, names, signatures, retries."""

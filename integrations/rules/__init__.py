"""Pure rules of what partners tell us: clocks, places, strict JSON, retries."""

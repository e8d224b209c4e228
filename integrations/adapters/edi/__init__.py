"""X12: a small codec of our own, 204 and 214 in, envelopes and acknowledgements out."""

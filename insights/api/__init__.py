"""Simulations and figures over HTTP, for the carrier's own systems."""

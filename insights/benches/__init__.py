"""Promises of speed, each measured as two sides of one run."""

"""Loads, what happens to them and their papers, over HTTP."""

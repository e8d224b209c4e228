"""Figures and checks computed in one place."""

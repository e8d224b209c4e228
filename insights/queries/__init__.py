"""Figures and counts over every app below; they write nothing."""

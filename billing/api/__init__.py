"""Billing over HTTP."""

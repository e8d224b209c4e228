"""Wiring: settings, URLs, subscriptions, resolutions and processes. Nobody imports it."""

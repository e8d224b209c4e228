"""Customers and the people who may act for them: users, roles, memberships, API keys."""

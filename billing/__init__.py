"""Money owed: readiness, charges, claims, invoices."""

"""Pure rules of billing: no database, no clock."""

"""The demonstration carrier as plain data. Companies, people and numbers are invented."""

"""What can go wrong, and what a proposal looks like: plain data, no database."""

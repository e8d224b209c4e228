"""Coming in and how: allauth's pages as this house wants them, and one's own security page."""

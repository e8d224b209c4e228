"""What a text must satisfy before anything is read from it."""

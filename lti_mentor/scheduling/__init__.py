"""Sessions between two people, and their calendar files."""

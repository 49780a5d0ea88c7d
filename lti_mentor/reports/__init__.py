"""Numbers with their definitions, the data behind the pictures, and exports."""

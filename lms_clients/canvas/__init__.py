"""Canvas, through its REST API."""

"""What people are told outside a page."""

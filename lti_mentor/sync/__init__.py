"""What the LMS knows, read into our tables."""

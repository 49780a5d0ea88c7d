"""The practice campus: a small LMS of our own, spoken to over HTTP only."""

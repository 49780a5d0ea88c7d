"""Registrations, deployments, origins, LMS connections and dialects."""

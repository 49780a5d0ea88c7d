"""Consent texts and who sees what."""

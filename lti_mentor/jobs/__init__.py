"""Durable work: lease, retry, schedule."""

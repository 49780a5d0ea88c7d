"""Who could help whom; the only folder that knows scipy."""

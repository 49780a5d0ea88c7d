"""Persons, contexts, memberships, resource links, sessions, scope."""

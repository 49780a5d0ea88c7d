"""Moodle, through its web services."""

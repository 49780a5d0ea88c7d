"""Deliveries worked off: grades by AGS and statements by xAPI."""

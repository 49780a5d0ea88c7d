"""One typed way to ask Moodle or Canvas about people, completion and skills."""

"""LTI Mentor: mentorship inside Moodle and Canvas, over LTI Advantage."""

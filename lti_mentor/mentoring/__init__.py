"""Programs, participants, consent, match runs, proposals, mentorships."""

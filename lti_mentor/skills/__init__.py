"""Skills, targets, levels and completions as the LMS gave them."""

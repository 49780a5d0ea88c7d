"""Mentor-supported practice: plan, applications, evidence, reviews, score."""

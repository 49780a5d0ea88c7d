"""What people see of Canvas, at Canvas's paths."""

"""What rows go through: status columns agree with the moments, flags and reasons beside them."""

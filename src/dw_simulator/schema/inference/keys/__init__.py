"""References and keys that nobody declared: the names of columns tell them."""

"""CHECK constraints become limits and orders, and columns keep to them."""

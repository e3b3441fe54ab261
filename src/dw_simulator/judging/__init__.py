"""What contradicts itself in tables: told from rows and names alone, whoever made them."""

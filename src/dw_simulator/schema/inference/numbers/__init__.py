"""Numbers that agree: sums, products, shares, least and greatest, copies of parents, flags of amounts."""

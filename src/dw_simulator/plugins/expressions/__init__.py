"""SQL over the columns of a row: what an expression may say, in which type it ends, and who computes it."""

"""Which value: from a row number to an index below some size."""

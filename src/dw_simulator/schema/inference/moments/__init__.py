"""One clock for the whole warehouse: stages of a row in their order, after those of its parents."""

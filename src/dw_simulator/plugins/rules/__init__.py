"""Column rules, a file per family."""

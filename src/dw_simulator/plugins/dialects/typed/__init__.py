"""The types of expressions, as each dialect has them: tables of functions, columns of queries."""

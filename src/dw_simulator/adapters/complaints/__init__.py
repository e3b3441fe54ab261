"""What engines complain of, in this project's words: a table for each engine, and how it is read."""

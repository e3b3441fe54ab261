"""SQL text to table definitions and back, a file per dialect."""

"""SQL text -> table definitions, a file per dialect."""

"""SQL text to table definitions and back, a file per dialect: each an `SqlDialect`, most of it tables.

ddl          CREATE TABLE statements, read and written
checks       what CHECK constraints say
translation  queries in the SQL of another database
"""

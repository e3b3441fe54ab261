"""The local stack: a PostgreSQL, an S3 and a Snowflake endpoint of one's own, on 127.0.0.1."""

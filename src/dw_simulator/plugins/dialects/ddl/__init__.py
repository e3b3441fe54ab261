"""CREATE TABLE statements: read into the JSON schema, and written from it."""

"""CREATE TABLE statements: `ddl_reader` reads them into the JSON schema, `ddl_writer` writes them from it."""

"""Where files and tables go: directories, object stores, tables of a database, memory."""

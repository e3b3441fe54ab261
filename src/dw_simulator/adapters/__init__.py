"""The world outside: files, databases, workers. Registers through the same hooks as a stranger's plugin."""

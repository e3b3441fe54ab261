"""What ships with the program and registers through the same hooks as a stranger's plugin."""

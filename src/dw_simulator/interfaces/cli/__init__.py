"""The `dw-sim` command. Nothing heavy is imported before a command needs it."""

"""CHECK constraints: from their text to what the planner follows."""

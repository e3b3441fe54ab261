"""What columns hold by themselves, or as parts of one person, place, list or code."""

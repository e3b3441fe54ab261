"""A run and its record: what is asked, carrying it out, and checking what it has made."""

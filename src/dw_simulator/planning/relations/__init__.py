"""How tables reference each other: who leads, who follows, and what carries each key."""

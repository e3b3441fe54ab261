"""Who is plugged in: hooks, the plugin manager, and what is known of each registered thing."""

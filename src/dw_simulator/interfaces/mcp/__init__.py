"""The Model Context Protocol: the service's use cases as an agent's tools, thin as HTTP is."""

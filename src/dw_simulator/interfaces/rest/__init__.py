"""The HTTP door: every route is parse -> service -> shape."""

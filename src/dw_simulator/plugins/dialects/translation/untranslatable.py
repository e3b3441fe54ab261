"""What a translation raises where it knows the node, but not the text it came from."""

from typing import Any


class Refusal(Exception):
    """A node that has no translation."""

    def __init__(self, node: Any, message: str) -> None:
        self.node = node
        super().__init__(message)

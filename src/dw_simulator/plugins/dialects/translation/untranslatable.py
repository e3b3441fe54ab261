"""What a translation raises where it knows the node, but not the text it came from."""

from sqlglot import exp


class Untranslatable(Exception):
    """A node that has no translation."""

    def __init__(self, node: exp.Expr, message: str) -> None:
        self.node = node
        super().__init__(message)


class UnknownFunction(Untranslatable):
    """A function that the target does not have, by whatever name the translation calls it."""

    def __init__(self, node: exp.Expr) -> None:
        super().__init__(node, "a function that is not translated")

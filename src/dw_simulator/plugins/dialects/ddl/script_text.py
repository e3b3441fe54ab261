"""Where something stands in a script: line and column, and the line with the words underlined."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from dw_simulator.ports.dialect import Place

_WIDEST = 100
"""Of longer lines, so many characters are shown around the place."""


@dataclass(frozen=True)
class ScriptText:
    """The text of a script.

    >>> print(ScriptText("CREATE TABLE t (\\n  a INT FROB\\n)").place(25, 29).excerpt)
      a INT FROB
            ^^^^
    """

    text: str

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins."""
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def place(self, start: int, end: int | None = None) -> Place:
        """The place of the characters from start up to end, of which those on the first line are marked."""
        start = max(0, min(start, len(self.text)))
        line = bisect_right(self._starts, start)
        begin = self._starts[line - 1]
        stop = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        column = start - begin
        words = self.text[begin:stop].rstrip()
        width = max(1, min(end if end is not None else start + 1, begin + len(words)) - start)
        return Place(line, column + 1, _underlined(words, column, width))


def _underlined(line: str, column: int, width: int) -> str:
    left = max(0, column - _WIDEST // 2) if len(line) > _WIDEST else 0
    shown = line[left : left + _WIDEST]
    # a tab is as wide above as beneath
    before = "".join("\t" if character == "\t" else " " for character in shown[: column - left])
    return f"{shown}\n{before}{'^' * max(1, min(width, _WIDEST - (column - left)))}"

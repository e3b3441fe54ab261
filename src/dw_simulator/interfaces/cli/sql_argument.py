"""SQL on the command line: a statement may begin with a comment, and is no option for that."""

import re
from typing import Any

from typer.core import TyperCommand

_OPTION_WITH_VALUE = re.compile(r"--?[a-zA-Z][\w-]*=.*")  # within one line
_SPACE = re.compile(r"\s")


class SqlCommand(TyperCommand):
    """A command among whose arguments is SQL.

    A word that begins with a hyphen and holds a space or a line break is the SQL, unless it is
    `--option=value` or the value of the option before it. It is put behind `--`, where nothing is an option.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        takes_value = {
            name
            for option in self.get_params(ctx)
            if not getattr(option, "is_flag", True)
            for name in option.opts
        }
        end = args.index("--") if "--" in args else len(args)
        before, behind = args[:end], args[end + 1 :]
        texts, others = list[str](), list[str]()
        for former, word in zip(["", *before], before, strict=False):
            (texts if _is_sql(word) and former not in takes_value else others).append(word)
        return super().parse_args(ctx, [*others, "--", *texts, *behind])


def _is_sql(word: str) -> bool:
    return word.startswith("-") and bool(_SPACE.search(word)) and not _OPTION_WITH_VALUE.fullmatch(word)

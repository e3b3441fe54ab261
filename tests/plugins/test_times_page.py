"""docs/times.md: every document is generated, every query gives the answer that is shown.

After a deliberate change: `python -m tests.plugins.test_times_page` writes the answers anew.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support import generated, planned, views

from dw_simulator.plugins.rules.events import After
from dw_simulator.plugins.rules.times import CalendarTimes

PAGE = Path(__file__).parent.parent.parent / "docs" / "times.md"
_BLOCK = re.compile(r"```(json|sql)\n(.*?)```(?:\n```\n(.*?)```)?", re.DOTALL)


def answers(text: str, output: Path) -> Iterator[tuple[str, str]]:
    """What is shown for every query, and what comes out."""
    found = None
    for number, (language, block, shown) in enumerate(_BLOCK.findall(text)):
        if language == "json":
            document = json.loads(block)
            fields = {name: document[name] for name in document if name not in ("name", "tables")}
            found = views(generated(planned(*document["tables"], **fields), output / str(number)))
        else:
            assert found is not None, "a document comes first"
            cursor = found.execute(block)
            lines = [
                [name for name, *_ in cursor.description],
                *([str(v) for v in r] for r in cursor.fetchall()),
            ]
            yield shown, "".join(f"{' | '.join(line)}\n" for line in lines)


def test_queries_give_what_is_shown(tmp_path: Path) -> None:
    pairs = list(answers(PAGE.read_text(), tmp_path))
    assert len(pairs) == 5
    for shown, made in pairs:
        assert shown == made


def test_every_option_is_there() -> None:
    named = set(re.findall(r"^\| (`.*?) \|", PAGE.read_text(), re.MULTILINE))
    documented = {option for cell in named for option in re.findall(r"`(\w+)`", cell)}
    assert documented == set(CalendarTimes.model_fields) | set(After.model_fields)


def write_anew(page: Path) -> None:
    """Write the answers of a page as they come out now."""
    text = page.read_text()
    with TemporaryDirectory() as output:
        made = iter([new for _, new in answers(text, Path(output))])
    page.write_text(
        _BLOCK.sub(
            lambda m: m[0] if m[1] == "json" else f"```sql\n{m[2]}```\n```\n{next(made)}```",
            text,
        )
    )


if __name__ == "__main__":
    write_anew(PAGE)

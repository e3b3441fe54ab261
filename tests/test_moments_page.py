"""docs/moments.md: every document is generated, every query gives the answer that is shown.

After a deliberate change: `python -m tests.test_moments_page` writes the answers anew.
"""

from pathlib import Path

from tests.plugins.test_times_page import answers, write_anew

PAGE = Path(__file__).parent.parent / "docs" / "moments.md"


def test_queries_give_what_is_shown(tmp_path: Path) -> None:
    pairs = list(answers(PAGE.read_text(), tmp_path))
    assert len(pairs) >= 2
    for shown, made in pairs:
        assert shown == made


if __name__ == "__main__":
    write_anew(PAGE)

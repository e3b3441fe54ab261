"""What is found: a sentence, how often, one row that shows it, and the rule that would mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dw_simulator.schema.json_data import JsonObject


class Severity(StrEnum):
    """How much a finding weighs: a contradiction cannot be true; a remark is dull, not wrong."""

    CONTRADICTION = "contradiction"
    REMARK = "remark"


@dataclass(frozen=True)
class Complaint:
    """One thing that is found in one table.

    kind     a short name of what was looked for
    message  a plain sentence
    count    rows in which it is so
    of       rows that were looked at
    example  the key of such a row, and its values
    rule     what a rules file would say to mend it
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    message: str
    count: int
    of: int
    severity: Severity = Severity.CONTRADICTION
    example: Mapping[str, str | None] = field(default_factory=dict)
    rule: str = ""

    @property
    def share(self) -> float:
        """The part of the rows in which it is so."""
        return self.count / max(self.of, 1)

    def as_json(self) -> JsonObject:
        """The finding for scripts."""
        return {
            "kind": self.kind,
            "severity": self.severity.value,
            "table": self.table,
            "columns": list(self.columns),
            "message": self.message,
            "count": self.count,
            "of": self.of,
            "share": round(self.share, 6),
            "example": dict(self.example),
            "rule": self.rule,
        }


@dataclass(frozen=True)
class Judgement:
    """All that is found.

    rows      of each table that was looked at
    notes     what was not looked at, and why
    complete  whether everything was looked at
    """

    complaints: Sequence[Complaint]
    rows: Mapping[str, int]
    notes: Sequence[str] = ()
    complete: bool = True

    def of_severity(self, severity: Severity) -> list[Complaint]:
        """The findings of one weight."""
        return [complaint for complaint in self.complaints if complaint.severity is severity]

    def as_json(self) -> JsonObject:
        """Everything for scripts."""
        return {
            "contradictions": [one.as_json() for one in self.of_severity(Severity.CONTRADICTION)],
            "remarks": [one.as_json() for one in self.of_severity(Severity.REMARK)],
            "tables": dict(self.rows),
            "notes": list(self.notes),
            "complete": self.complete,
        }

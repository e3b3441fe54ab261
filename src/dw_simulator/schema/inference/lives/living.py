"""Status columns and the moments beside them: they agree, as what a row goes through says.

An order's status, paid_at, shipped_at and cancel_reason are one `lifecycle`; the status of a campaign goes by
its first and last day, that of an employee by the day on which she left. Which it is says the noun of the
table (`life_words`).
"""

from collections.abc import Collection, Iterator, Sequence

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.lives.life_moments import (
    BEGINS,
    ENDS,
    MORE,
    OVER,
    PAIRS,
    STARTS,
    StampColumn,
    is_short,
    keeps_history,
    says_stage,
    side,
    words_near,
)
from dw_simulator.schema.inference.lives.life_words import (
    Life,
    LifeState,
    Words,
    alike,
    among,
    is_entered,
    lives_of,
    most_told,
    usual_life,
)
from dw_simulator.schema.inference.lives.state_names import (
    NEVER,
    by_chance,
    declared_life,
    settled,
    states_in,
    value_of,
)
from dw_simulator.schema.inference.moments.stages import REGULAR
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import plain_words, singular
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_STATUS = frozenset({"status", "state", "stage", "phase"})
_TELLING = frozenset(
    {"code", "id", "flag", "text", "name", "description", "value", "current", "key", "number"}
)
"""Words behind those that say how a status is written."""
_PLACE = frozenset({"city", "postal", "country", "street", "address", "county", "region"})
_TAILS = frozenset("date time timestamp at on en em stamp day actual real datetime".split())
_AHEAD = frozenset(
    """plan planned estimate estimated expect expected promise promised due target scheduled schedule require
    required request requested prefer preferred forecast next valid until""".split()
)
"""Words of moments that are known before they come."""
_ASKED = _TAILS | {"request", "requested"}
"""Of one that came when something was asked for."""
_WHOLE = frozenset({Kind.INTEGER, Kind.DECIMAL})
_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_CLOSED = ("close", "end", "complete", "finish", "settle", "resolve", "decide")


def statuses(sketch: Sketch) -> None:
    """Status columns, and what stands beside them, by what the rows go through."""
    if not sketch.has("expression", "choice"):
        return
    for table in sketch.tables.values():
        if table.hidden or keeps_history(table):
            continue
        _Living(sketch, table).tell()


def _status_columns(table: TableSketch, listed_ones: Collection[str] = ()) -> dict[Words, list[ColumnSketch]]:
    """The columns that hold a status, by whose it is; of each the shortest form first."""
    found: dict[Words, list[ColumnSketch]] = {}
    geographic = any(_PLACE & {*one.words} for one in table.columns.values())
    for one in table.columns.values():
        if not one.open or one.keyed or one.kind not in _WHOLE | {Kind.TEXT}:
            continue
        words = one.words if one.kind is Kind.TEXT or not one.column.type.scale else ()
        while len(words) > 1 and words[-1] in _TELLING:
            words = words[:-1]
        if not words or words[-1] not in _STATUS:
            continue
        owner = words[:-1]
        listed = geographic and one.name in listed_ones
        if words[-1] == "state" and (
            (geographic and not listed) or one.column.type.length == 2 or _owner(owner, table)
        ):
            continue
        if owner in (("marital",), ("civil",), ("family",), ("employment",), ("united",)):
            continue
        found.setdefault(_owner(owner, table), []).append(one)
    return found


def _owner(words: Words, table: TableSketch) -> Words:
    """Whose a column is: nobody's where it is what the table's rows are."""
    dull = {*table.noun, "current", "last", "record", "new", "overall", "main"}
    return () if {*words} <= dull else words


class _Living:
    """The lives of the rows of one table."""

    def __init__(self, sketch: Sketch, table: TableSketch) -> None:
        self.sketch, self.table = sketch, table
        self.lifecycles: JsonObject = {}
        self.names: dict[str, str] = {}
        self.listed, self.compared = sketch.listed(table), sketch.compared(table)

    def tell(self) -> None:
        statuses_ = _status_columns(self.table, self.listed)
        for owner, columns in statuses_.items():
            for column in columns:
                column.filled = True
            life = self._life(owner, columns[0]) or self._usual_life(owner)
            if life is not None:
                self._told(owner, columns, life)
        if () not in statuses_ and self.sketch.has("lifecycle"):
            life = self._life((), None)
            if life is not None and life.kind == "course":
                self._course((), [], life)
        if self.lifecycles:
            self.table.says("what its rows go through", {"lifecycles": self.lifecycles})
        for moment in list(self._moments(())):
            if moment.stage and not (moment.column.required or moment.ahead):
                test = f"{quoted_name(moment.column.name)} IS NOT NULL"
                self._gate(test, [moment.stage], {moment.column.name}, moments=False)

    def _life(self, owner: Words, status: ColumnSketch | None) -> Life | None:
        """The life that a status is of: of what its name says, else of the table's rows."""
        lives = lives_of(self.table.noun, self.table.name) if not owner else ()
        if owner and status is not None:
            words = tuple(map(singular, plain_words(status.name)))
            lives = lives_of(words[: len(owner)]) or lives_of(owner)
        values = self.listed.get(status.name, ()) if status is not None else ()
        stages = [one.stage for one in self._moments(owner) if one.stage and not one.column.required]
        return most_told(lives, words_near(self.table), values, stages)

    def _usual_life(self, owner: Words) -> Life | None:
        """The life of what is not known by its noun: by the moments that it has."""
        moments = [one for one in self._moments(owner) if one.stage]
        starts, ends = ([one for one in moments if one.is_of(words)] for words in (STARTS, ENDS))
        if starts and ends:
            return usual_life("period")
        if any(one.is_of(OVER) and not one.column.required and not one.ahead for one in moments):
            return usual_life("ends")
        if any(one.is_of(("approve", "reject", "decide")) for one in moments):
            return usual_life("course")
        return None

    def _told(self, owner: Words, columns: list[ColumnSketch], life: Life) -> None:
        first = columns[0]
        self.names = {}
        if first.name in self.listed:
            found = among(life, self.listed[first.name])
            if found is None:
                return
            life, self.names = found
        if life.kind == "course" and self.sketch.has("lifecycle") and self._course(owner, columns, life):
            return
        if life.kind == "period":
            self._period(owner, first, life)
        elif life.kind == "ends":
            self._ends(owner, first, life)
        else:
            self._drawn(first, life)
        self._say_again(first, columns[1:], life)

    # --- from one state to the next

    def _course(self, owner: Words, columns: list[ColumnSketch], life: Life) -> bool:
        """A lifecycle, where there is a moment at which it starts. Whether there is."""
        moments = [one for one in self._moments(owner) if not one.ahead]
        start = self._start(life, moments)
        if start is None:
            return False
        if columns and columns[0].required and not start.required:
            return self._by_stamps(columns, life, moments)
        stamps = self._stamps(life, [one for one in moments if one.column is not start])
        if not columns and len(stamps) < 2:
            return False
        plain = {one.name: one.name for one in life.states}
        names = self._written(life, columns[0], quoted=False) if columns else plain
        name = "_".join(owner or self.table.noun)
        of: JsonObject = {"name": "lifecycle", "of": name}
        what = " ".join(owner or self.table.noun)
        begins = f"from {start.name} on"
        if columns:
            states = ", ".join(names.values())
            columns[0].says(
                Found(f"what {_a(what)} goes through {begins}: {states}", {"rule": {**of, "field": "state"}})
            )
            self._say_again(columns[0], columns[1:], life)
        for state, one in stamps.items():
            rule = {**of, "field": "at", "state": names[state]}
            one.says(Found(f"when {_a(what)} was {state}", {"rule": rule}))
        self._entered(of, what)
        self._ended(of, [one for one in moments if one.column not in (start, *stamps.values())], what)
        reasons = self._reasons(owner, of, life, what)
        self._flags(of, life, names, what)
        start.filled = True
        self.table.states[name] = names
        self.lifecycles[name] = declared_life(start.name, life, names, reasons)
        return True

    def _by_stamps(self, columns: list[ColumnSketch], life: Life, moments: Sequence[StampColumn]) -> bool:
        """The status of the last state that has a moment, where none is there in every row."""
        status, names = columns[0], self._written(life, columns[0])
        stamps = self._stamps(life, moments, life.states)
        if len(stamps) < 2:
            return False
        cases = [
            f"WHEN {quoted_name(stamps[one.name].name)} IS NOT NULL THEN {names[one.name]}"
            for one in reversed(life.states)
            if one.name in stamps
        ]
        first = names[life.states[0].name]
        words = " and ".join(one.name for one in stamps.values())
        self._case(status, f"CASE {' '.join(cases)} ELSE {first} END", f"what goes by {words}")
        for state, stamp in stamps.items():
            self._gate(f"{quoted_name(stamp.name)} IS NOT NULL", [state], {stamp.name})
        self._say_again(status, columns[1:], life)
        return True

    def _moments(self, owner: Words) -> Iterator[StampColumn]:
        """The moments of what has an owner: of the row itself where it is nobody's."""
        for column in self.table.columns.values():
            if column.kind not in _MOMENTS or not column.open or column.keyed:
                continue
            ahead = bool(_AHEAD & {*column.words}) and not {*column.words} <= _ASKED
            words = tuple(word for word in column.words if not ahead or word not in _AHEAD) or column.words
            while len(words) > 1 and words[-1] in _TAILS:
                words = words[:-1]
            while len(words) > 1 and words[0] in _TAILS | {"actual"}:
                words = words[1:]
            if words[-2:] in PAIRS:
                words = (*words[:-2], "-".join(words[-2:]))
            if not words:
                continue
            whose, stage = _owner(words[:-1], self.table), words[-1]
            known = {*STARTS, *ENDS, *OVER}
            if stage in _TAILS or (words in (self.table.noun, owner) and stage not in known):
                stage = ""
            if whose in ((), owner):
                yield StampColumn(column, stage, ahead, bool({"actual", "real"} & {*column.words}))

    def _start(self, life: Life, moments: Sequence[StampColumn]) -> ColumnSketch | None:
        """The column with the moment at which a course starts."""
        first = life.states[0]
        # what is billed while it lasts goes on from when it started, not from when it was written down
        begins = BEGINS[-1:] + BEGINS if {*self.table.noun[-1:]} & REGULAR else BEGINS
        ranked = [
            *(one for one in moments if one.stage and is_entered(first, one.stage)),
            *(one for one in moments if not one.stage),
            *(one for words in begins for one in moments if one.is_of(words)),
        ]
        for one in ranked:
            if one.column.required or not any(is_entered(state, one.stage) for state in life.states[1:]):
                return one.column
        return ranked[0].column if ranked else None

    def _stamps(
        self, life: Life, moments: Sequence[StampColumn], states: Sequence[LifeState] = ()
    ) -> dict[str, ColumnSketch]:
        """The columns for the moments of states, by the states. states: all but the first, unless said."""
        found: dict[str, ColumnSketch] = {}
        free = [one for one in moments if one.stage and not one.column.required]
        for by in (self._says, says_stage):
            for one in free:
                if one.column.name in self.compared or one.column in found.values():
                    continue
                for state in states or life.states[1:]:
                    if state.name not in found and by(state, one):
                        found[state.name] = one.column
                        break
        return found

    def _says(self, state: LifeState, one: StampColumn) -> bool:
        listed = self.names.get(state.name, state.name).lower()
        return is_entered(state, one.stage) or alike(listed, one.stage)

    def _entered(self, of: JsonObject, what: str) -> None:
        """When the status changed last."""
        for column in self.table.columns.values():
            words = tuple(word for word in column.words if word not in _TAILS | {"last"})
            if column.kind in _MOMENTS and column.open and not column.keyed and words:
                changed = len(words) > 1 and any(
                    alike(words[-1], word) for word in ("change", "update", "since")
                )
                if (words[-1] in _STATUS or (changed and words[-2] in _STATUS)) and len(words) <= 3:
                    column.says(
                        Found(f"when {_a(what)} got its status", {"rule": {**of, "field": "entered"}})
                    )

    def _ended(self, of: JsonObject, moments: Sequence[StampColumn], what: str) -> None:
        """When it was over, where that is none of its states: a claim is closed when it is paid or denied."""
        for one in moments:
            if not one.column.required and one.is_of(_CLOSED) and one.column.name not in self.compared:
                one.column.says(Found(f"when {_a(what)} was over", {"rule": {**of, "field": "ended"}}))
                return

    def _reasons(self, owner: Words, of: JsonObject, life: Life, what: str) -> list[LifeState]:
        """The states whose reasons a column holds."""
        for column in self.table.columns.values():
            words = column.words
            while len(words) > 1 and words[-1] in _TELLING:
                words = words[:-1]
            text = column.kind is Kind.TEXT and column.open and not column.required
            if not text or "reason" not in (words[0], words[-1]):
                continue
            dull = {*self.table.noun, *owner, *_STATUS, "reason"}
            before = tuple(word for word in words if word not in dull)
            states = [one for one in life.states if one.reasons]
            if before:
                states = [one for one in states if is_entered(one, before[-1])]
            longest = max((len(text) for one in states for text in one.reasons), default=0)
            if states and longest <= column.column.type.length:
                when = " or ".join(one.name for one in states)
                found = Found(f"why {_a(what)} was {when}", {"rule": {**of, "field": "reason"}})
                column.says(found)
                return states
        return []

    def _flags(self, of: JsonObject, life: Life, names: dict[str, str], what: str) -> None:
        """is_paid, cancelled: whether it has ever been so."""
        for column in self.table.columns.values():
            if column.kind is not Kind.BOOLEAN or not column.open or column.keyed:
                continue
            words = column.words[1:] if column.words[0] in ("is", "was", "has", "been") else column.words
            if len(words) != 1:
                continue
            for state in life.states[1:]:
                if is_entered(state, words[0]) and words[0] not in ("open", "start", "send", "read"):
                    rule = {**of, "field": "was", "state": names[state.name]}
                    column.says(Found(f"whether {_a(what)} was {state.name}", {"rule": rule}))
                    break

    # --- between two days, or until one

    def _period(self, owner: Words, status: ColumnSketch, life: Life) -> None:
        """The status of what has a first and a last day."""
        # what is always there goes before what may be NULL, and what was before what was planned
        moments = sorted(self._moments(owner), key=lambda one: (not one.column.required, one.ahead))
        start = next((one for one in moments if one.is_of(STARTS)), None)
        end = next((one for one in moments if one.is_of(ENDS) and one is not start), None)
        if start is None and end is None:
            start = next((one for one in moments if not one.stage), None)
        known = [one for one in (start, end) if one is not None]
        if not known:
            self._drawn(status, life)
            return
        names = self._written(life, status)
        cases = self._exceptions(status, life, names, moments)
        if start is not None:
            start.column.filled = start.column.filled or not start.column.unless
            cases.append(f"WHEN {start.day} > as_of() THEN {by_chance(life.at('before'), names)}")
        if end is not None or start is not None:
            last = end or start
            assert last is not None, "one of them is there"
            test = f"{last.day} < as_of()"
            if end is not None and start is not None and is_short(self.table, end):
                test = f"COALESCE({end.day}, {start.day} + 1) < as_of()"  # it is over all the same
            cases.append(f"WHEN {test} THEN {by_chance(life.at('after'), names)}")
        words = " and ".join(one.column.name for one in known)
        during = by_chance(life.at("during"), names)
        self._case(status, f"CASE {' '.join(cases)} ELSE {during} END", f"what goes by {words}")

    def _exceptions(
        self, status: ColumnSketch, life: Life, names: dict[str, str], moments: Sequence[StampColumn]
    ) -> list[str]:
        """The cases of what never takes place: it has no actual moments, and a reason why."""
        states = life.at("never")
        if not states or not self.sketch.has("choice"):
            return []
        usual = 100 - sum(one.share for one in states)
        values: list[Json] = ["none", *(one.name for one in states)]
        weights: list[Json] = [usual, *(one.share for one in states)]
        rule: JsonObject = {"name": "choice", "values": values, "weights": weights}
        hidden = self.table.add_hidden(
            f"{status.name}_exception", "VARCHAR(32)", Found(NEVER, {"rule": rule})
        )
        column = quoted_name(hidden.name)
        for moment in moments:
            if not (moment.ahead or moment.column.required) and (moment.is_of(STARTS) or moment.is_of(ENDS)):
                twin = any(
                    one is not moment and (one.ahead or one.column.required) and side(one) == side(moment)
                    for one in moments
                )
                if twin or moment.real or moment.stage in ("check-in", "check-out"):
                    moment.column.unless = f"{column} = 'none'"
        for state in states:
            test = f"{column} = {quoted_text(state.name)}"
            self._gate(test, [state.name], {status.name})
            self._flag(test, state)
        return [f"WHEN {column} = {quoted_text(one.name)} THEN {names[one.name]}" for one in states]

    def _flag(self, test: str, state: LifeState) -> None:
        """is_cancelled, no_show: whether the row is in a state."""
        for column in self.table.columns.values():
            words = column.words[1:] if column.words[0] in ("is", "was", "has") else column.words
            said = "_".join(words) == state.name.replace(" ", "_") or (
                len(words) == 1 and is_entered(state, words[0])
            )
            if column.kind is Kind.BOOLEAN and column.open and not column.keyed and said:
                self._case(column, test, f"whether it is {state.name}")

    def _gate(self, test: str, words: Sequence[str], used: Collection[str], *, moments: bool = True) -> None:
        """What says more of a state is there only where the row is in it: why, by whom."""
        for column in self.table.columns.values():
            taken = column.unless or column.rule.get("name") == "lifecycle"
            if column.required or not column.open or column.name in used or column.keyed or taken:
                continue
            own = [word for word in column.words if word not in self.table.noun]
            told = own[1:] and own[-1] in MORE and any(alike(own[-2], word) for word in words)
            stage = (
                [word for word in own if word not in _TAILS][-1:]
                if column.kind in _MOMENTS and moments
                else []
            )
            if told or any(alike(stage[-1], word) for word in words if stage):
                column.unless = test

    def _ends(self, owner: Words, status: ColumnSketch, life: Life) -> None:
        """The status of what goes on until it ends."""
        over = [
            one
            for one in self._moments(owner)
            if one.is_of(OVER) and not one.column.required and not one.ahead
        ]
        names = self._written(life, status)
        if not over:
            self._drawn(status, life)
            return
        gone = " OR ".join(f"{one.day} <= as_of()" for one in over)
        off = names[life.at("off")[0].name]
        words = " and ".join(one.column.name for one in over)
        on = by_chance(life.at("on"), names)
        self._case(status, f"CASE WHEN {gone} THEN {off} ELSE {on} END", f"what goes by {words}")
        self._gate(f"({gone})", [one.stage for one in over], {one.column.name for one in over})

    def _case(self, status: ColumnSketch, sql: str, meaning: str) -> None:
        """A status made from other columns."""
        rule: JsonObject = expression(sql)
        status.says(Found(meaning, {"rule": rule}))
        status.filled = True

    def _drawn(self, status: ColumnSketch, life: Life) -> None:
        """A status without moments: by chance, as what is known of its name has it."""
        told = status.found.meaning if status.found is not None else ""
        if status.rule.get("name") == "choice" and " of " in told:  # the status of a ride, and not just one
            return
        names = self._written(life, status, quoted=False)
        weights = {one.name: float(one.share) for one in life.states}
        if life.kind == "course":
            weights = settled(life)
        elif life.kind == "period":
            usual = {"before": 15, "during": 25, "after": 60}
            weights = {one.name: float(one.share or usual.get(one.when, 1)) for one in life.states}
        elif life.kind == "ends":
            weights = {one.name: float(one.share or 5) for one in life.states}
        values: list[Json] = [value_of(names[one.name], status) for one in life.states]
        rule: JsonObject = {
            "name": "choice",
            "values": values,
            "weights": [weights[one.name] for one in life.states],
        }
        status.says(Found(f"the status of {_a(' '.join(self.table.noun))}", {"rule": rule}))

    def _written(self, life: Life, status: ColumnSketch, *, quoted: bool = True) -> dict[str, str]:
        """How a column writes each state: as a CHECK lists it, where one does."""
        if status.name not in self.listed or not self.names:
            return states_in(life, status, quoted=quoted)
        text = status.kind is Kind.TEXT and quoted
        return {name: quoted_text(value) if text else value for name, value in self.names.items()}

    def _say_again(self, status: ColumnSketch, others: Sequence[ColumnSketch], life: Life) -> None:
        """The same status in other columns, in words or as a code."""
        if status.found is None:
            return
        names = self._written(life, status)
        for other in others:
            there = self._written(life, other)
            if other.name in self.listed or (other.required and not status.required):
                continue
            cases = " ".join(f"WHEN {names[one.name]} THEN {there[one.name]}" for one in life.states)
            self._case(other, f"CASE {quoted_name(status.name)} {cases} END", f"what {status.name} says")


def _a(what: str) -> str:
    return f"{'an' if what[:1] in 'aeiou' else 'a'} {what}"

"""The events of what goes its way, as `data/trails.txt` tells them: a parcel is picked up, sorted, delivered.

>>> one = trail_of(("parcel",))
>>> [event.name for event in one.main][:3], one.place_of("delivered").name
(['label created', 'picked up', 'departed facility'], 'delivered')
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from dw_simulator.schema.inference.candidates import Words
from dw_simulator.schema.inference.lives.life_words import thing_of
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json, object_of

_DATA = resources.files("dw_simulator.schema.inference") / "data" / "trails.txt"
_EVENT = re.compile(r"(?P<way>[-+] )?(?P<name>[a-z ]+) (?P<code>[A-Z]{3}) \| (?P<state>[a-z ]+)")
_LONGEST = 24
"""States of a life that are followed at the most."""


@dataclass(frozen=True)
class TrailEvent:
    """Something that happens on the way.

    state  of the life, in which it is then
    place  how many of the usual events come before it
    side   whether it is none of the usual ones
    again  whether it may come several times
    """

    name: str
    code: str
    state: str
    place: int
    side: bool = False
    again: bool = False


@dataclass(frozen=True)
class EventTrail:
    """What happens on the way, in its order."""

    events: tuple[TrailEvent, ...]

    @classmethod
    def of(cls, events: Iterable[TrailEvent]) -> "EventTrail":
        """A trail of some of another one's events."""
        kept, place = [], 0
        for one in events:
            kept.append(replace(one, place=place))
            place += not one.side
        return cls(tuple(kept))

    @property
    def main(self) -> list[TrailEvent]:
        """The usual ones: of n events the last of which is the m-th, each is one of the first m."""
        return [one for one in self.events if not one.side]

    @property
    def loop(self) -> tuple[int, int]:
        """The places of the first and the last of those that may come several times."""
        places = [one.place for one in self.main if one.again]
        return (places[0], places[-1]) if places else (len(self.events), len(self.events))

    def place_of(self, state: str) -> TrailEvent:
        """The last event of a state, of those that may come again if there are any; else the first."""
        found = [one for one in self.events if one.state == state] or [self.events[0]]
        return next((one for one in reversed(found) if one.again), found[-1])


def trail_of(noun: Words) -> EventTrail | None:
    """The events of what a row of a table is: those of the longest phrase that ends the noun."""
    words = tuple(map(singular, thing_of(noun)))
    found = (_by_noun().get(words[start:]) for start in range(len(words)))
    return next((one for one in found if one is not None), None)


def usual_trail(states: Mapping[str, Json], first: str) -> EventTrail:
    """The trail of a life: its states, the usual way as far as it does not come back.

    states  as a lifecycle declares them: where each leads, with the share
    """
    main = [first]
    while main[-1] in states and len(main) < _LONGEST:
        ways = {name: _share(way) for name, way in object_of(states[main[-1]]).items()}
        following = max(ways, key=lambda name: ways[name])
        if following in main:
            break
        main.append(following)
    events: list[TrailEvent] = []
    known = set(main)
    for place, name in enumerate(main):
        events.append(TrailEvent(name, "", name, place))
        for other in object_of(states.get(name) or {}):
            if other not in known:
                events.append(TrailEvent(other, "", other, place + 1, side=True))
                known.add(other)
    for name in [*states, *(other for ways in states.values() for other in object_of(ways))]:
        if name not in known:
            events.append(TrailEvent(name, "", name, len(main), side=True))
            known.add(name)
    return EventTrail(tuple(events))


def _share(way: Json) -> float:
    share = way.get("share") if isinstance(way, Mapping) else way
    return float(share) if isinstance(share, int | float) else 0.0


@cache
def _by_noun() -> Mapping[Words, EventTrail]:
    found: dict[Words, EventTrail] = {}
    for head, lines in _blocks():
        trail = EventTrail(tuple(_events(lines)))
        for phrase in head.split(","):
            found.setdefault(tuple(map(singular, phrase.split())), trail)
    return found


def _blocks() -> Iterator[tuple[str, list[str]]]:
    head, lines = "", list[str]()
    for line in _DATA.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            if lines:
                yield head, lines
            head, lines = line.strip("[]"), []
        elif line.strip() and not line.startswith("#"):
            lines.append(line)
    yield head, lines


def _events(lines: Sequence[str]) -> Iterator[TrailEvent]:
    place = 0
    for line in lines:
        found = _EVENT.fullmatch(line)
        assert found is not None, f"trails.txt: {line!r} is no event"
        side, again = found["way"] == "- ", found["way"] == "+ "
        yield TrailEvent(found["name"], found["code"], found["state"], place, side, again)
        place += not side

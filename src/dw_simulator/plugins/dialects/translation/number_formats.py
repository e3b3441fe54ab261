"""The patterns of numbers, as TO_CHAR writes them and TO_NUMBER reads them: `FM999,990.00`, `S99D9`, `RN`."""

import re
from dataclasses import dataclass, field

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import closed, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.schema.quoting import quoted_text

_TOKEN = re.compile(r'(?i)FM|EEEE|MI|PL|SG|PR|RN|TH|[SLVDG.,90]|"(?:[^"\\]|\\.)*"|.', re.DOTALL)
_NUMBER = re.compile(r"(?i)[09]|^(FM)?RN$")
_MOST_GROUPS = 9
_SIGNS = {"S": ("-", "+"), "SE": ("-", "+"), "PR": ("<", " "), "": ("-", " ")}
"""Of a number below zero and of one above."""
_HINT = "; use ROUND or a cast"
_EXACT = "CAST(:value AS DECIMAL(38, 12))"
_ROMAN = (("M", "", ""), ("C", "D", "M"), ("X", "L", "C"), ("I", "V", "X"))


def is_of_number(pattern: str) -> bool:
    """Whether a pattern says how a number is written."""
    plain = re.sub(r'(?i)"[^"]*"|HH24|HH12', "", pattern)
    return _NUMBER.search(plain) is not None


@dataclass
class _Pattern:
    """What a pattern says.

    whole, fraction  nines and zeros, in the first with what stands between them
    before, behind   SQL of what stands around the number
    sign             `` for a minus before the number; S, SE (at the end), PR, or no sign of its own: none
    """

    text: str
    whole: str = ""
    fraction: str = ""
    has_point: bool = False
    fills: bool = True
    before: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    sign: str = ""

    def __post_init__(self) -> None:
        for token in _TOKEN.findall(self.text):
            read = _READ.get(token.upper())
            if read is None:
                self._literal(token[1:-1] if token[0] == '"' and len(token) > 1 else token)
            else:
                read(self, token)

    @property
    def begun(self) -> bool:
        """Whether some of its digits are read."""
        return bool(self.whole or self.has_point)

    def _literal(self, text: str) -> None:
        if self.begun and not self.has_point and text in " ,":
            self.whole += text
        else:
            self._put(quoted_text(text))

    def _put(self, sql: str) -> None:
        (self.behind if self.begun else self.before).append(sql)

    def _digit(self, token: str) -> None:
        if self.has_point:
            self.fraction += token
        else:
            self.whole += token

    def _point(self, _token: str) -> None:
        self.has_point = True

    def _group(self, _token: str) -> None:
        if not self.has_point:
            self.whole += ","

    def _fill(self, _token: str) -> None:
        self.fills = False

    def _anchored(self, _token: str) -> None:
        self.sign = "SE" if self.begun else "S"

    def _brackets(self, _token: str) -> None:
        self.sign = "PR"

    def _placed(self, token: str) -> None:
        """A sign at its place, whatever else is there."""
        minus, plus = {"MI": ("-", " "), "PL": (" ", "+"), "SG": ("-", "+")}[token.upper()]
        below, above = (quoted_text(text if self.fills else text.strip()) for text in (minus, plus))
        self._put(f"CASE WHEN {{negative}} THEN {below} ELSE {above} END")
        if token.upper() != "PL":
            self.sign = "none"

    def _ordinal(self, token: str) -> None:
        case = "upper" if token.isupper() else "lower"
        self._put(f"{case}(CASE WHEN {{negative}} THEN '' ELSE {ordinal('{rounded}')} END)")

    def _currency(self, _token: str) -> None:
        self._put("'$'")

    def _unknown(self, token: str) -> None:
        raise ValueError(f"{token!r} in the pattern of a number is not translated{_HINT}")

    # --- what is written

    @property
    def rounded(self) -> str:
        """SQL of the number without its sign, with as many digits as the pattern has."""
        return f"round(abs({_EXACT}), {len(self.fraction)})"

    @property
    def negative(self) -> str:
        """SQL of whether a minus is to be seen."""
        return f"({_EXACT} < 0 AND {self.rounded} <> 0)"

    def sql(self) -> str:
        """The number as text, over :value."""
        parts = [*self.before, self._number(), *self.behind]
        made = " || ".join(part.replace("{negative}", self.negative) for part in parts)
        return made.replace("{rounded}", self.rounded)

    def _number(self) -> str:
        minus, plus = _SIGNS.get(self.sign, ("", ""))
        marks = [quoted_text(mark if self.fills else mark.strip()) for mark in (minus, plus)]
        mark = f"CASE WHEN {self.negative} THEN {marks[0]} ELSE {marks[1]} END"
        body, width = self._body(), len(self.whole) + (1 + len(self.fraction) if self.has_point else 0)
        if self.sign == "SE":
            return f"{self._filled(body, width)} || {mark}"
        if self.sign == "none":
            return self._filled(body, width)
        made = self._filled(f"{mark} || {body}", width + 1)
        ending = f"CASE WHEN {self.negative} THEN '>' ELSE {quoted_text(' ' if self.fills else '')} END"
        return f"{made} || {ending}" if self.sign == "PR" else made

    def _filled(self, sql: str, width: int) -> str:
        return f"lpad({sql}, {width}, ' ')" if self.fills else f"({sql})"

    def _body(self) -> str:
        """The digits; signs of number where they are too many for the pattern."""
        digits = len(re.sub("[^09]", "", self.whole))
        whole = f"split_part(CAST({self.rounded} AS VARCHAR), '.', 1)"
        fraction = f"split_part(CAST({self.rounded} AS VARCHAR), '.', 2)"
        shown = self._grouped(f"lpad({whole}, {digits}, '0')") if digits else "''"
        if self.has_point:
            shown = f"{shown} || '.' || {self._fraction(fraction)}"
        full = re.sub("[09]", "#", f"{self.whole}{'.' if self.has_point else ''}{self.fraction}")
        fits = f"length({whole}) <= {digits}" if digits else f"{whole} = '0'"
        return f"CASE WHEN {fits} THEN {shown} ELSE {quoted_text(full)} END"

    def _grouped(self, digits: str) -> str:
        """Digits with what stands between them, without zeros that no zero of the pattern wants."""
        groups = re.findall(r"[09]+|[^09]+", self.whole)
        runs = [group for group in groups if group[0] in "09"]
        if len(runs) > _MOST_GROUPS:
            raise ValueError(f"a number of more than {_MOST_GROUPS} groups is not translated{_HINT}")
        made = digits
        if len(groups) > 1:
            pattern = "".join(f"(.{{{len(run)}}})" for run in runs)
            numbers = iter(range(1, len(runs) + 1))
            places = "".join(f"\\{next(numbers)}" if group[0] in "09" else group for group in groups)
            made = f"regexp_replace({digits}, {quoted_text(pattern)}, {quoted_text(places)})"
        zero = self.whole.find("0")
        free = zero if zero >= 0 else len(self.whole) - (0 if self.has_point else 1)
        return f"regexp_replace(left({made}, {free}), '^[0, ]+', '') || substr({made}, {free + 1})"

    def _fraction(self, digits: str) -> str:
        if self.fills:
            return digits
        kept = self.fraction.rfind("0") + 1
        return f"left({digits}, {kept}) || rtrim(substr({digits}, {kept + 1}), '0')"


_READ = {
    **dict.fromkeys("90", _Pattern._digit),
    **dict.fromkeys("D.", _Pattern._point),
    **dict.fromkeys("G,", _Pattern._group),
    **dict.fromkeys(("MI", "PL", "SG"), _Pattern._placed),
    **dict.fromkeys(("EEEE", "V", "RN"), _Pattern._unknown),
    "FM": _Pattern._fill,
    "S": _Pattern._anchored,
    "PR": _Pattern._brackets,
    "TH": _Pattern._ordinal,
    "L": _Pattern._currency,
}


def ordinal(number: str) -> str:
    """SQL of what stands behind a number: st, nd, rd or th."""
    whole = f"CAST({number} AS BIGINT)"
    return (
        f"CASE WHEN {whole} % 100 BETWEEN 11 AND 13 THEN 'th' WHEN {whole} % 10 = 1 THEN 'st' "
        f"WHEN {whole} % 10 = 2 THEN 'nd' WHEN {whole} % 10 = 3 THEN 'rd' ELSE 'th' END"
    )


def _roman(pattern: str) -> str:
    """A number from 1 to 3999 in Roman digits."""
    places = []
    for power, (one, five, ten) in zip((1000, 100, 10, 1), _ROMAN, strict=True):
        low = ["", one, one * 2, one * 3]
        digits = [*low, one + five, *(five + ones for ones in low), one + ten] if five else low
        chosen = ", ".join(map(quoted_text, digits))
        places.append(f"list_extract([{chosen}], CAST(round({_EXACT}) AS INTEGER) // {power} % 10 + 1)")
    text = " || ".join(places)
    made = f"CASE WHEN round({_EXACT}) BETWEEN 1 AND 3999 THEN {text} ELSE repeat('#', 15) END"
    return made if pattern.upper().startswith("FM") else f"lpad({made}, 15, ' ')"


def number_to_char(value: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    """A number as text. Raises Untranslatable."""
    text = pattern.name
    try:
        sql = _roman(text) if re.fullmatch("(?i)(FM)?RN", text) else _Pattern(text).sql()
    except ValueError as error:
        raise Untranslatable(pattern, str(error)) from None
    template = parsed(sql, "duckdb")
    return closed(template.transform(lambda part: value.copy() if part.key == "placeholder" else part))


_FROM_TEXT = """CASE WHEN regexp_matches(:value, '[-<]') THEN -1 ELSE 1 END
    * CAST(regexp_replace(:value, '[^0-9.]', '', 'g') AS DECIMAL(38, {scale}))"""


def to_number(value: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    """Text as a number of as many digits behind the point as its pattern has. Raises Untranslatable."""
    try:
        scale = len(_Pattern(pattern.name).fraction)
    except ValueError as error:
        raise Untranslatable(pattern, str(error)) from None
    template = parsed(_FROM_TEXT.format(scale=scale), "duckdb")
    return closed(template.transform(lambda part: value.copy() if part.key == "placeholder" else part))

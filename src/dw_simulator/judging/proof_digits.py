"""Codes whose last digits follow from the others: cards, EAN, ISBN, IBAN, VIN, NPI."""

import re
from collections.abc import Callable, Iterator, Mapping

from dw_simulator.judging.claims import Evidence, rule_text
from dw_simulator.judging.findings import Complaint
from dw_simulator.judging.judged_tables import NUMBER, TEXT, Judged, Seen

_MOST = 50_000
_LEAST = 20


def luhn(text: str) -> bool:
    """Whether the digits of a card number agree.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for at, letter in enumerate(reversed(text)):
        digit = int(letter) * (2 if at % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def gtin(text: str) -> bool:
    """EAN-8, UPC, EAN-13, GTIN-14, ISBN-13.

    >>> gtin("4006381333931"), gtin("4006381333932")
    (True, False)
    """
    return sum(int(letter) * (3 if at % 2 else 1) for at, letter in enumerate(reversed(text))) % 10 == 0


def isbn_10(text: str) -> bool:
    """The older ISBN, whose last digit may be an X.

    >>> isbn_10("080442957X")
    True
    """
    values = [10 if letter in "xX" else int(letter) for letter in text]
    return sum(value * (10 - at) for at, value in enumerate(values)) % 11 == 0


def iban(text: str) -> bool:
    """An account number of a country.

    >>> iban("DE89370400440532013000"), iban("DE88370400440532013000")
    (True, False)
    """
    turned = text[4:] + text[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


_VIN = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)


def vin(text: str) -> bool:
    """A vehicle's number, as North America checks it.

    >>> vin("1M8GDM9AXKP042788")
    True
    """
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum((int(c) if c.isdigit() else _VIN[c]) * w for c, w in zip(text, weights, strict=True))
    return "0123456789X"[total % 11] == text[8]


_Proof = tuple[str, Callable[[str], bool]]

_FORMS: Mapping[str, tuple[_Proof, ...]] = {
    "EAN": ((r"\d{8}|\d{12,14}", gtin),),
    "ISBN": ((r"97[89]\d{10}", gtin), (r"\d{9}[\dxX]", isbn_10)),
    "IBAN": ((r"[A-Z]{2}\d\d[A-Z0-9]{11,30}", iban),),
    "VIN": ((r"[A-HJ-NPR-Z0-9]{17}", vin),),
    "NPI": ((r"\d{10}", lambda text: luhn("80840" + text)),),
    "card number": ((r"[3-6]\d{12,18}", luhn),),
}
_RULES = {"EAN": "{check:ean}", "card number": "{check:luhn}", "IBAN": "{check:iban}"}


def _code_of(column: Seen) -> str:
    words = set(column.words)
    if words & {"ean", "gtin", "upc", "barcode"}:
        return "EAN"
    for word, code in (("isbn", "ISBN"), ("iban", "IBAN"), ("vin", "VIN"), ("npi", "NPI")):
        if word in words:
            return code
    card = "card" in words and words & {"number", "pan", "credit", "debit", "payment"}
    return "card number" if card and not words & {"type", "last", "holder", "brand", "loyalty", "id"} else ""


def check_digits(seen: Evidence) -> Iterator[Complaint]:
    """Codes by their names whose digits do not agree."""
    for table in seen.tables:
        for column in table.of_kind(TEXT, NUMBER):
            code = _code_of(column)
            if code and column.filled >= _LEAST and (column.kind == TEXT or column.whole):
                yield from _checked(seen, table, column, code)


def _checked(seen: Evidence, table: Judged, column: Seen, code: str) -> Iterator[Complaint]:
    key = table.key.sql if table.key else column.sql
    rows = seen.bench.rows(
        f"SELECT CAST({column.sql} AS VARCHAR), CAST({key} AS VARCHAR) FROM {table.sql} "
        f"WHERE {column.sql} IS NOT NULL ORDER BY hash({column.sql}) LIMIT {_MOST}",
        table.name,
    )
    shaped = [(re.sub(r"[ -]", "", str(value)).upper(), value, name) for value, name in rows]
    known = [
        (proof(text), value, name)
        for text, value, name in shaped
        for form, proof in _FORMS[code]
        if re.fullmatch(form, text)
    ]
    if len(known) < 0.5 * len(rows) or len(known) < _LEAST:
        return  # masked, or codes of one's own
    wrong = [(value, name) for right, value, name in known if not right]
    share = len(wrong) / len(known)
    sure = share <= 0.1 or (code != "VIN" and share > 0.3)
    if wrong and sure:
        of = f" of {len(known):,} that were looked at" if len(rows) == _MOST else ""
        example = {column.name: str(wrong[0][0])}
        if table.key:
            example = {table.key.name: str(wrong[0][1]), **example}
        pattern = (
            f'rule: {{name: pattern, pattern: "{"{digit:12}"}{_RULES[code]}"}}' if code in _RULES else ""
        )
        yield Complaint(
            "check digit",
            table.name,
            (column.name,),
            f"{column.name} has check digits that are wrong for an {code}{of}",
            len(wrong),
            len(known),
            example=example,
            rule=rule_text(table.name, column.name, pattern) if pattern else "",
        )

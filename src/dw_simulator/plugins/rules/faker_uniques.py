"""Faker's values that never repeat: by other digits in the same shape, by other combinations, or by a number.

What kind a provider is of is decided by its name where that has to be known, and else by its values.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, product

from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.engine.values.templates import Template, Templates
from dw_simulator.engine.values.text import AnyOf, Assembled, Fragment, Number
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.faker_draws import check_enough, pool
from dw_simulator.plugins.rules.people import Email
from dw_simulator.ports.rule import ColumnSpec

# another digit would make these wrong (check digits, the calendar, ranges of colours), and so would a number
# behind them: their pool is all there is
_CHECKED = frozenset(
    "iban ean ean8 ean13 localized_ean localized_ean8 localized_ean13 isbn10 isbn13 sbn9 upc_a upc_e aba "
    "vin credit_card_number credit_card_full date date_object date_of_birth date_time date_between time "
    "time_object iso8601 date_this_century date_this_decade date_this_year date_this_month date_time_ad "
    "date_time_this_century date_time_this_decade date_time_this_year date_time_this_month "
    "date_time_between date_between_dates date_time_between_dates time_delta vat_id siret siren pesel nip "
    "regon cpf cnpj nif nie past_date past_datetime future_date future_datetime unix_time passport_dob "
    "passport_full color color_hsl color_hsv color_rgb color_rgb_float rgb_color rgb_css_color emoji json "
    "xml csv dsv psv tsv fixed_width profile simple_profile pylist pydict pyset pytuple pystruct "
    "pyiterable".split()
)
# lists of the world: there is no second Belgium
_LISTS = frozenset(
    "country current_country bank_country administrative_unit state state_abbr province region country_code "
    "current_country_code country_calling_code currency currency_code currency_name currency_symbol "
    "cryptocurrency cryptocurrency_code cryptocurrency_name language_code language_name locale timezone "
    "pytimezone color_name safe_color_name month month_name day_of_month day_of_week year century am_pm "
    "mime_type file_extension http_method http_status_code tld free_email_domain prefix prefix_female "
    "prefix_male prefix_nonbinary suffix suffix_female suffix_male suffix_nonbinary company_suffix "
    "city_suffix city_prefix street_suffix boolean null_boolean pybool passport_gender credit_card_provider "
    "credit_card_expire credit_card_security_code ipv4_network_class random_digit random_letter "
    "random_element military_state military_ship".split()
)
# letters of these are as good as any others: codes
_CODES = frozenset(
    "mac_address uuid1 uuid4 uuid7 md5 sha1 sha256 hex_color safe_hex_color license_plate postcode "
    "postalcode zipcode postcode_in_state postalcode_in_state zipcode_in_state swift swift8 swift11 bban "
    "password ripe_id nic_handle passport_number bothify hexify lexify pystr pystr_format ipv6 doi".split()
)
_NAMES = {"name": "", "name_female": "_female", "name_male": "_male", "name_nonbinary": "_nonbinary"}
_DOTTED = frozenset({"domain_name", "file_name"})
_ADDRESSES = frozenset({"ipv4", "ipv4_public", "ipv4_private"})

_PROFILES = frozenset({"profile", "simple_profile"})
_FIELDS = {"mail": "email", "username": "user_name", "birthdate": "date", "residence": "address"}

_COUNTER_DIGITS = 8
_FEW_ROWS = 1_000_000
_MANY = 1 << 30
_MOST_FORMS = 4096
_WEIGHTS = 100
_DIGITS, _LETTERS_AND_DIGITS = re.compile("[0-9]+"), re.compile("[0-9A-Za-z]+")


def unique(spec: ColumnSpec, provider: str, locale: str, draws: Sequence[str]) -> Domain:
    """Texts of a provider that never repeat, from draws that fit the column. Raises Refusal."""
    method = _kind(provider)
    values = list(dict.fromkeys(draws))
    if method.endswith("email"):
        return Email(locale=locale).build(spec)
    if method in _CHECKED or method in _LISTS or (method == "ssn" and locale != "en_US"):
        mend = "take it out of the key" if method in _LISTS else "raise pool_size"
        check_enough(spec, provider, len(values), f"{mend}, or choose another rule")
        return Pooled.of(values)
    return _shaped(spec, provider, locale, draws) or counted(values, spec.type.length)


def _kind(provider: str) -> str:
    """The method of Faker's own whose values these are; nothing for a provider of others."""
    outer, dot, field = provider.partition(".")
    if not dot:
        return outer
    return _FIELDS.get(field, field) if outer in _PROFILES else ""


def _shaped(spec: ColumnSpec, provider: str, locale: str, draws: Sequence[str]) -> Domain | None:
    """New values in the shape of the old ones, where they have one."""
    method = _kind(provider)
    if method in _NAMES:
        return _full_names(spec, _NAMES[method], locale, draws)
    if method in _ADDRESSES:
        return _addresses(method, draws)
    if method in _DOTTED:
        return _dotted(draws, spec.type.length)
    if found := _whole_numbers(draws):
        check_enough(spec, provider, found.size, "give it a greater max_value, or use the rule sequence")
        return found
    pattern = _LETTERS_AND_DIGITS if method in _CODES else _DIGITS
    if sum(bool(pattern.search(draw)) for draw in draws) < 0.9 * len(draws):
        return None
    domain = Templates.of(_enough(learned(draws, pattern, spec.type.length), spec.rows))
    if domain.size < spec.rows and sum(map(_has_words, draws)) > len(draws) // 2:
        return None  # a number behind an address is better than none
    check_enough(spec, provider, domain.size, "take it out of the key, or choose another rule")
    return domain


def _has_words(text: str) -> bool:
    return sum(map(str.isalpha, text)) > len("Suite")


def counted(values: Sequence[str], longest: int) -> Assembled:
    """Values that are told apart by a number as soon as the pool is used up: Ann, Bob, Ann2, Bob2.

    Between value and number stands the first separator after which no value ends in digits anyway; a blank
    where the values are of several words.
    """
    stems = {value.rstrip("0123456789") for value in values if value[-1:].isdigit()}
    worded = sum(" " in value for value in values) > len(values) // 2
    separators = (" ", "-", ".", "#", "") if worded else ("", "-", ".", "#")
    separator = next(s for s in separators if not any(stem.endswith(s) for stem in stems))
    room = longest - max(len(value.encode()) for value in values) - len(separator)
    if room < 1:
        return Assembled((AnyOf.of(*values),))
    # the separator is written with the number, so it belongs to the counter's part
    return Assembled((AnyOf.of(*values), _counter(room, separator)))


def _counter(room: int, separator: str = "") -> Number:
    return Number(10 ** min(room, _COUNTER_DIGITS) - 1, 1, omit_first=True, prefix=separator)


# --- combinations


def _full_names(spec: ColumnSpec, kind: str, locale: str, draws: Sequence[str]) -> Domain | None:
    """First and last names in the order, and with what between them, that the locale has.

    The part that comes first has no separator in it, or only one length: so each text has one reading.
    """
    firsts = list(dict.fromkeys(pool(spec, f"first_name{kind}", locale)))
    lasts = list(dict.fromkeys(pool(spec, f"last_name{kind}", locale)))
    separator = " " if sum(" " in draw for draw in draws) > len(draws) // 2 else ""
    lasts_lead = sum(draw.startswith(tuple(lasts)) for draw in draws) > sum(
        draw.startswith(tuple(firsts)) for draw in draws
    )
    leading, trailing = (lasts, firsts) if lasts_lead else (firsts, lasts)
    if separator:
        leading = [name for name in leading if separator not in name]
    else:
        usual = Counter(map(len, leading)).most_common(1)[0][0]
        leading = [name for name in leading if len(name) == usual]
    room = spec.type.length - len(separator) - _COUNTER_DIGITS - 1
    leading, trailing = (
        [name for name in names if len(name.encode()) <= room // 2 and not name[-1:].isdigit()]
        for names in (leading, trailing)
    )
    if not leading or not trailing:
        return None
    parts: tuple[Fragment, ...] = (AnyOf.of(*leading), AnyOf.of(*(f"{separator}{name}" for name in trailing)))
    return Assembled((*parts, _counter(_COUNTER_DIGITS, " ")))


def _dotted(draws: Sequence[str], longest: int) -> Domain | None:
    """Names before a dot with any of the endings behind it: smith.com, smith.org, smith2.com."""
    halves = [draw.partition(".") for draw in draws]
    stems = [stem for stem in dict.fromkeys(half[0] for half in halves) if not stem[-1:].isdigit()]
    endings = list(dict.fromkeys("".join(half[1:]) for half in halves if half[1]))
    if not stems or not endings:
        return None
    stems, most = _fitting(stems, longest - max(len(ending.encode()) for ending in endings))
    return Assembled((AnyOf.of(*stems), _counter(most), AnyOf.of(*endings))) if most else None


def _fitting(stems: list[str], room: int) -> tuple[list[str], int]:
    """Stems that leave room for a counter, and how many digits it may have."""
    kept = [stem for stem in stems if len(stem.encode()) + _COUNTER_DIGITS <= room]
    if len(kept) * 2 > len(stems):
        return kept, _COUNTER_DIGITS
    return stems, max(room - max(len(stem.encode()) for stem in stems), 0)


def _addresses(method: str, draws: Sequence[str]) -> Domain:
    """Four numbers of a byte each, the first as Faker has it; public ones outside what is reserved."""
    firsts = {draw.partition(".")[0] for draw in draws}
    if method == "ipv4_private":
        firsts = {"10"}
    elif method == "ipv4_public":
        firsts -= {"0", "10", "100", "127", "169", "172", "192", "198", "203"}
        firsts = {first for first in firsts if int(first) < 224}
    rest = AnyOf.of(*(f".{number}" for number in range(256)))
    return Assembled((AnyOf.of(*sorted(firsts)), rest, rest, rest))


def _whole_numbers(draws: Sequence[str]) -> Assembled | None:
    """The range of values that are whole numbers; what has leading zeros, or one length, is a code."""
    if not all(re.fullmatch("0|[1-9][0-9]{0,7}", draw) for draw in draws):
        return None
    if len(set(map(len, draws))) == 1 and len(draws[0]) > 1:
        return None
    low, high = min(map(int, draws)), max(map(int, draws))
    return Assembled((Number(high - low + 1, low),))


# --- shapes that are learned


def learned(draws: Sequence[str], pattern: re.Pattern[str], longest: int) -> list[Template]:
    """The shapes of draws: what matches a pattern is made of pieces that take other characters.

    Characters are those that were seen in that place of the same shape; short numbers are those that were
    seen, if that is most of what could be.
    """
    shapes: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = Counter()
    seen: dict[tuple[str, ...], list[list[str]]] = {}
    plain = _is_blurred(draws, pattern)
    for draw in draws:
        literals, runs = tuple(pattern.split(draw)), pattern.findall(draw)
        form = tuple("x" * len(run) if plain else _mask(run) for run in runs)
        if form:
            shapes[literals, form] += 1
            seen.setdefault(form, []).append(runs)
    pieces = {form: _pieces(runs) for form, runs in seen.items()}
    templates = [
        _template(literals, pieces[form], round(_WEIGHTS * share / len(draws)))
        for (literals, form), share in shapes.items()
    ]
    return [template for template in templates if template.width <= longest]


def _is_blurred(draws: Sequence[str], pattern: re.Pattern[str]) -> bool:
    """Whether letters and digits take each other's places, as in hexadecimal numbers."""
    masks = {tuple(map(_mask, pattern.findall(draw))) for draw in draws}
    return pattern is _LETTERS_AND_DIGITS and len(masks) > max(len(draws) // 10, 1)


def _mask(run: str) -> str:
    """Which characters are digits, capital and small letters: AB12c -> AA99a."""
    return re.sub("[a-z]", "a", re.sub("[A-Z]", "A", re.sub("[0-9]", "9", run)))


def _pieces(seen: Sequence[Sequence[str]]) -> list[list[tuple[str, ...]]]:
    """For each run of characters the forms of its pieces, each of at most `_MOST_FORMS`."""
    found = []
    for runs in zip(*seen, strict=True):
        places = [sorted(set(characters)) for characters in zip(*runs, strict=True)]
        whole, possible = sorted(set(runs)), 1
        for characters in places:
            possible *= len(characters)
        if len(places) <= 3 and 2 * len(whole) >= possible:
            found.append([tuple(whole)])
        else:
            found.append(_chunks(places))
    return found


def _chunks(places: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Neighbouring places together, as long as they have few enough forms."""
    chunks: list[tuple[str, ...]] = [("",)]
    for characters in places:
        if len(chunks[-1]) * len(characters) > _MOST_FORMS:
            chunks.append(("",))
        chunks[-1] = tuple("".join(pair) for pair in product(chunks[-1], characters))
    return chunks


def _template(literals: Sequence[str], runs: Sequence[Sequence[tuple[str, ...]]], weight: int) -> Template:
    before: list[str] = []
    pieces: list[tuple[str, ...]] = []
    for literal, chunks in zip(literals, runs, strict=False):
        before += [literal, *[""] * (len(chunks) - 1)]
        pieces += chunks
    template = Template((*before, literals[-1]), tuple(pieces))
    return replace(template, weight=min(max(weight, 1), template.size))


def _enough(templates: list[Template], rows: int) -> list[Template]:
    """The templates with texts enough: for a million rows, or for any number where there are more.

    A table keeps its first rows while it grows, but for that one step.
    """
    if not templates:
        raise Refusal("no value fits", "widen it")
    target = _FEW_ROWS if rows <= _FEW_ROWS else _MANY
    by_size = sorted(templates, key=lambda one: one.size // one.weight, reverse=True)
    slots = accumulate(one.weight for one in by_size)  # the last one has the fewest texts for its weight
    sizes = [count * (one.size // one.weight) for one, count in zip(by_size, slots, strict=True)]
    enough = [k for k, size in enumerate(sizes) if size >= target]
    most = max(enough) if enough else max(range(len(sizes)), key=sizes.__getitem__)
    chosen = set(map(id, by_size[: most + 1]))
    return [template for template in templates if id(template) in chosen]

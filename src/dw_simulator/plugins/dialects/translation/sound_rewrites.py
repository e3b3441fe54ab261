"""What text sounds like, and what is counted from its bytes: SOUNDEX, DIFFERENCE, CRC32."""

from dw_simulator.plugins.dialects.translation.rewriting import Rewrites, duckdb

_LETTERS = "regexp_replace(upper({0}), '[^A-Z]', '', 'g')"
_CODES = (
    "translate(left({0}, 1) || regexp_replace(substr({0}, 2), '[HW]', '', 'g'), "
    "'AEIOUYHWBFPVCGJKQSXZDTLMNR', '00000000111122222222334556')"
)


def _soundex(argument: str) -> str:
    letters = _LETTERS.format(argument)
    codes = _CODES.format(letters)
    for digit in "123456":
        codes = f"regexp_replace({codes}, '{digit}+', '{digit}', 'g')"
    digits = f"replace(substr({codes}, 2), '0', '')"
    return f"CASE WHEN {letters} = '' THEN '' ELSE rpad(left({letters}, 1) || left({digits}, 3), 4, '0') END"


_ALIKE = " + ".join(
    f"CAST(substr({_soundex(':a')}, {place}, 1) = substr({_soundex(':b')}, {place}, 1) AS INTEGER)"
    for place in (1, 2, 3, 4)
)
_CRC32 = """lower(right(printf('%08x', xor(4294967295, list_reduce(
    list_prepend(4294967295, list_transform(regexp_extract_all(hex(encode(:a)), '..'),
        lambda digits: CAST('0x' || digits AS BIGINT))),
    lambda sum, byte: list_reduce(list_prepend(xor(sum, byte), [0, 1, 2, 3, 4, 5, 6, 7]),
        lambda part, bit: xor(part // 2, CASE WHEN part % 2 = 1 THEN 2197175160 ELSE 0 END))))), 8))"""

SOUNDS: Rewrites = {
    "SOUNDEX": duckdb(_soundex(":a")),
    "DIFFERENCE": duckdb(_ALIKE),
    "CRC32": duckdb(_CRC32),
}

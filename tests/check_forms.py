"""Forms of CHECKs as scripts and manuals write them, each with the columns of a small table."""

from dataclasses import dataclass

from dw_simulator.schema.json_data import JsonObject


@dataclass(frozen=True)
class Form:
    """A CHECK over some columns: (name, type), with a ? behind the type of one that may be NULL.

    branches  conditions that occur in some rows each
    """

    check: str
    columns: tuple[tuple[str, str], ...]
    branches: tuple[str, ...] = ()

    @property
    def declared(self) -> list[JsonObject]:
        return [
            {"name": name, "data_type": data_type.rstrip("?"), "required": not data_type.endswith("?")}
            for name, data_type in self.columns
        ]


def _form(check: str, columns: str, *branches: str) -> Form:
    pairs = (column.strip().split(" ", 1) for column in columns.split(";"))
    return Form(check, tuple((name, data_type) for name, data_type in pairs), branches)


FORMS = (
    # --- what single columns hold
    _form("a > 0", "a INT"),
    _form("a BETWEEN 1 AND 5", "a SMALLINT"),
    _form("a IN ('new', 'paid', 'sent')", "a VARCHAR(10)", "a = 'new'", "a = 'sent'"),
    _form("length(a) >= 8", "a VARCHAR(40)"),
    _form("a LIKE 'SKU-%'", "a VARCHAR(20)"),
    _form("a IS NOT NULL", "a INT?"),
    _form("a <> ''", "a VARCHAR(30)"),
    _form("active", "active BOOLEAN"),
    _form("length(trim(a)) > 0", "a VARCHAR(30)"),
    _form("char_length(a) = 2 AND a = upper(a)", "a CHAR(2)"),
    _form("coalesce(a, 0) >= 0", "a INT?", "a IS NULL", "a > 0"),
    _form("abs(a) < 10", "a INT", "a < 0", "a > 0"),
    _form("a % 5 = 0", "a INT"),
    _form("mod(a, 7) <> 3", "a INT"),
    _form("a % 1000 = 0", "a BIGINT"),
    _form("a = round(a, 1)", "a DECIMAL(8,2)"),
    _form("a = floor(a)", "a DECIMAL(8,2)"),
    _form("upper(a) = a", "a VARCHAR(20)"),
    _form("a = lower(a)", "a VARCHAR(40)"),
    _form("position('@' in a) > 1", "a VARCHAR(40)"),
    _form("strpos(a, '@') > 1", "a VARCHAR(40)"),
    _form("a ~ '^[A-Z]{3}-[0-9]{4}$'", "a VARCHAR(20)"),
    _form("a ~* '^[a-z0-9._%+-]+@[a-z0-9.-]+[.][a-z]{2,}$'", "a VARCHAR(60)"),
    _form("a !~ '[^0-9]'", "a VARCHAR(12)"),
    _form("a SIMILAR TO '[0-9]{5}(-[0-9]{4})?'", "a VARCHAR(10)"),
    _form("regexp_like(a, '^[0-9]{5}$')", "a VARCHAR(5)"),
    _form("substring(a, 1, 1) IN ('A', 'B')", "a VARCHAR(10)", "a LIKE 'A%'", "a LIKE 'B%'"),
    _form("left(a, 3) = 'INV'", "a VARCHAR(12)"),
    _form("a LIKE 'A%' OR a LIKE 'B%'", "a VARCHAR(10)", "a LIKE 'A%'", "a LIKE 'B%'"),
    _form("a BETWEEN 1 AND 10 OR a BETWEEN 90 AND 100", "a INT", "a <= 10", "a >= 90"),
    _form("a < 10 OR a > 5000", "a INT", "a < 10", "a > 5000"),
    _form("a = -1 OR a >= 100000", "a BIGINT", "a = -1", "a >= 100000"),
    _form(
        "d < DATE '2001-01-01' OR d > DATE '2030-01-01'",
        "d DATE",
        "d < DATE '2001-01-01'",
        "d > DATE '2030-01-01'",
    ),
    _form("NOT (a < 18 OR a > 65)", "a INT"),
    _form("NOT (a BETWEEN 10 AND 20)", "a INT", "a < 10", "a > 20"),
    _form("extract(year FROM d) BETWEEN 2001 AND 2003", "d DATE"),
    _form("date_part('year', d) >= 2030", "d TIMESTAMP"),
    _form("extract(month FROM d) IN (1, 2, 3)", "d DATE"),
    _form("extract(dow FROM d) NOT IN (0, 6)", "d DATE"),
    _form("date_trunc('month', d) = d", "d DATE"),
    _form("d <= CURRENT_DATE", "d DATE"),
    # --- what columns say of one another
    _form("a <= b", "a INT; b INT"),
    _form("a <> b", "a SMALLINT; b SMALLINT"),
    _form("a = b", "a INT; b INT"),
    _form("a + b <= 100", "a INT; b INT"),
    _form("a + b = 100", "a INT; b INT"),
    _form("a + b + c = 100", "a SMALLINT; b SMALLINT; c SMALLINT"),
    _form("b - a >= 10", "a INT; b INT"),
    _form("b - a BETWEEN 1 AND 30", "a DATE; b DATE"),
    _form("t = a + b", "a DECIMAL(8,2); b DECIMAL(8,2); t DECIMAL(9,2)"),
    _form("t = a * b", "a INT; b DECIMAL(8,2); t DECIMAL(14,2)"),
    _form("t = round(a * b * (1 - c), 2)", "a INT; b DECIMAL(8,2); c DECIMAL(3,2); t DECIMAL(14,2)"),
    _form("net + tax = gross", "net DECIMAL(9,2); tax DECIMAL(9,2); gross DECIMAL(9,2)"),
    _form("a <= b * 1.5", "a DECIMAL(8,2); b DECIMAL(8,2)"),
    _form("a * b <= 1000", "a INT; b INT"),
    _form("b >= a + interval '1 day'", "a TIMESTAMP; b TIMESTAMP"),
    _form("b > a + 7", "a DATE; b DATE"),
    _form("b <= a + interval '30 days' AND b >= a", "a TIMESTAMP; b TIMESTAMP"),
    _form("b IS NULL OR b >= a", "a DATE; b DATE?", "b IS NULL", "b > a"),
    _form("(a IS NULL) <> (b IS NULL)", "a INT?; b INT?", "a IS NULL", "b IS NULL"),
    _form("num_nonnulls(a, b) = 1", "a INT?; b VARCHAR(20)?", "a IS NULL", "b IS NULL"),
    _form("a IS NOT NULL OR b IS NOT NULL", "a INT?; b INT?", "a IS NULL", "b IS NULL"),
    _form("a IS NULL OR b IS NULL", "a INT?; b INT?", "a IS NOT NULL", "b IS NOT NULL"),
    _form("(a IS NULL) = (b IS NULL)", "a INT?; b DATE?", "a IS NULL", "a IS NOT NULL"),
    _form(
        "status <> 'closed' OR closed_at IS NOT NULL",
        "status VARCHAR(10); closed_at DATE?",
        "status <> 'closed'",
    ),
    _form(
        "(kind = 'pct' AND amount BETWEEN 0 AND 100) OR (kind = 'abs' AND amount > 0)",
        "kind VARCHAR(5); amount DECIMAL(9,2)",
        "kind = 'pct'",
        "kind = 'abs'",
    ),
    _form(
        "CASE WHEN kind = 'refund' THEN amount < 0 ELSE amount >= 0 END",
        "kind VARCHAR(10); amount DECIMAL(9,2)",
        "kind <> 'refund'",
    ),
    _form("CASE WHEN flag THEN a > 500 ELSE a < 100 END", "flag BOOLEAN; a INT", "flag", "NOT flag"),
    _form("greatest(a, b) <= 100", "a INT; b INT"),
    _form("lower(a) <> lower(b)", "a VARCHAR(20); b VARCHAR(20)"),
    _form("a IS DISTINCT FROM b", "a SMALLINT?; b SMALLINT?"),
    _form("flag = (a > 500)", "flag BOOLEAN; a INT", "flag", "NOT flag"),
    _form("a::text ~ '^[1-9]'", "a INT"),
)

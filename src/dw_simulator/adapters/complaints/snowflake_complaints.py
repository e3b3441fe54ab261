"""What Snowflake complains of, and how that is told; its stand-in speaks as DuckDB does."""

from dw_simulator.adapters.complaints.complaint_tables import ComplaintKind

_NAMED = r"'?\"?(?P<name>[^'\"\n]+?)\"?'?"

BINDING = (
    ComplaintKind(rf"invalid identifier {_NAMED}$", "there is no {thing} {name} here{near}"),
    ComplaintKind(
        rf"(?:Object|Table) {_NAMED} does not exist or not authorized", "there is no table {name}{near}"
    ),
    ComplaintKind(
        rf"(?:Schema|Database) {_NAMED} does not exist", "there is no schema {name}; write the table alone"
    ),
    ComplaintKind(
        r"Unknown (?:user-defined )?(?:table )?functions? (?P<function>[\w.]+)", "{part} is not answered"
    ),
    ComplaintKind(
        rf"ambiguous column name {_NAMED}$",
        "{name} is in more than one of the tables; say whose: write the table before it, as in t.{name}",
    ),
    ComplaintKind(
        rf"duplicate alias {_NAMED}$", "the name {name} stands for two things; give one of them another name"
    ),
    ComplaintKind(
        rf"{_NAMED} (?:in select clause )?is (?:neither an aggregate nor in|not a valid) (?:the )?group by",
        "{name} is neither in GROUP BY nor within an aggregate; put it in GROUP BY, or take its MIN or MAX",
    ),
    ComplaintKind(
        r"Invalid aggregate function in (?P<clause>where) clause",
        "WHERE takes no aggregate; put the condition in HAVING",
    ),
    ComplaintKind(
        r"Window function .*(?:outside|may not|not allowed)",
        "{part} is a window function, which stands in SELECT, ORDER BY or QUALIFY only",
    ),
    ComplaintKind(
        r"Invalid argument types for function '?(?P<function>\w+)",
        "{part} does not take values of these types",
    ),
    ComplaintKind(r"(?:too many|not enough) arguments for function", "{part} does not take so many values"),
    ComplaintKind(
        r"inconsistent (?:number of result columns|data type)|invalid number of result columns",
        "the two sides have different columns; give both the same",
        at=r"\b(UNION|INTERSECT|EXCEPT|MINUS)\b",
    ),
    ComplaintKind(
        r"syntax error .*unexpected '(?P<name>[^']*)'",
        "{name} does not belong here; check what stands before it",
    ),
)
"""What is wrong with a query before it runs."""

RUNNING = (
    ComplaintKind(
        r"(?:Numeric|Boolean) value '(?P<value>.*?)' is not recognized",
        "the text {value} is no number or truth value; {mend}",
    ),
    ComplaintKind(
        r"(?:Date|Timestamp|Time) '(?P<value>.*?)' is not recognized|Can't parse '(?P<value2>.*?)' as",
        "the text {value}{value2} is no date or time; a date is written '2024-12-31'",
    ),
    ComplaintKind(
        r"Single-row subquery returns more than one row",
        "a subquery that stands for one value has more than one row; add LIMIT 1, or an aggregate",
    ),
    ComplaintKind(r"Error parsing JSON", "a text is not JSON; check it, or {mend}"),
)
"""What fails as a query runs."""

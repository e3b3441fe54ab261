"""What PostgreSQL complains of, and how that is told."""

from dw_simulator.adapters.complaints.complaint_tables import ComplaintKind

_CAST = "cast one side, as in CAST(a AS ...)"
_NAMED = r'"?(?P<name>[^"\n]+?)"?'

BINDING = (
    # names
    ComplaintKind(
        rf"column {_NAMED} does not exist|column {_NAMED.replace('name', 'name2')} of relation",
        "there is no {thing} {name} here{near}",
    ),
    ComplaintKind(rf"missing FROM-clause entry for table {_NAMED}$", "there is no {thing} {name} here{near}"),
    ComplaintKind(
        rf"invalid reference to FROM-clause entry for table {_NAMED}$", "{name} cannot be read from there"
    ),
    ComplaintKind(rf"relation {_NAMED} does not exist", "there is no table {name}{near}"),
    ComplaintKind(
        r"schema \"?(?P<name>[^\"]+)\"? does not exist", "there is no schema {name}; write the table alone"
    ),
    ComplaintKind(r"cross-database references", "there is no such table; write its name alone"),
    ComplaintKind(
        r"(?:column|table) reference \"(?P<name>[^\"]+)\" is ambiguous|common column name",
        "{name} is in more than one of the tables; say whose: write the table before it, as in t.{name}",
    ),
    ComplaintKind(
        r"table name \"(?P<name>[^\"]+)\" specified more than once|\"(?P<name2>[^\"]+)\" is not unique",
        "the name {name} stands for two things in one FROM; give one of them another name",
    ),
    ComplaintKind(
        r"WITH query name \"(?P<name>[^\"]+)\" specified more",
        "the name {name} stands for two things in one WITH; give one of them another name",
    ),
    ComplaintKind(
        r"column \"(?P<name>[^\"]+)\" (?:specified in USING clause|does not exist in (?:left|right) table)",
        "USING takes what both tables have; {name} is not in both",
    ),
    ComplaintKind(r"type \"?(?P<name>[^\"\n]+?)\"? does not exist", "there is no type {name}"),
    ComplaintKind(
        r"table \"(?P<name>[^\"]+)\" has (?P<number>\d+) columns available but (?P<wanted>\d+)",
        "{name} has {number} columns, but names for {wanted}",
    ),
    ComplaintKind(r"collation", "there is no such collation; leave COLLATE out", at=r"\bCOLLATE\b"),
    # groups and windows
    ComplaintKind(
        rf"column {_NAMED} must appear in the GROUP BY",
        "{name} is neither in GROUP BY nor within an aggregate; put it in GROUP BY, or take its MIN or MAX",
    ),
    ComplaintKind(
        r"subquery uses ungrouped column \"(?P<name>[^\"]+)\"",
        "{name} is of a query with GROUP BY, but not in it; put it in GROUP BY",
    ),
    ComplaintKind(
        r"aggregate function calls cannot (?:be nested|contain)",
        "an aggregate within an aggregate has no rows to work on; put the inner one in a subquery",
    ),
    ComplaintKind(
        r"aggregate functions are not allowed in (?P<clause>WHERE|GROUP BY|JOIN|LIMIT|FILTER)",
        "{clause} takes no aggregate; put the condition in HAVING",
    ),
    ComplaintKind(
        r"aggregate functions are not allowed",
        "an aggregate is not allowed here; put it in a subquery's SELECT, or in HAVING",
    ),
    ComplaintKind(
        r"window functions are not allowed in (?P<clause>WHERE|GROUP BY|HAVING|JOIN|LIMIT|FILTER)",
        "{clause} takes no window function; put it in a subquery's SELECT",
    ),
    ComplaintKind(
        r"window function (?:\S+ )?(?:requires an OVER|calls cannot)|window functions are not allowed",
        "{part} is a window function, which needs OVER (...), and stands in SELECT or ORDER BY only",
    ),
    ComplaintKind(
        r"OVER specified, but|is not a window function|DISTINCT is not implemented for window",
        "{part} cannot stand before such an OVER; aggregates and window functions do, without DISTINCT",
    ),
    ComplaintKind(
        r"window \"(?P<name>[^\"]+)\" does not exist", "there is no window {name}; write it after WINDOW"
    ),
    ComplaintKind(
        r"\bframe\b|RANGE with offset|UNBOUNDED (?:PRECEDING|FOLLOWING)",
        "such a frame of a window is not answered; check ROWS or RANGE BETWEEN, and ORDER BY",
        at=r"\b(ROWS|RANGE|GROUPS)\b",
    ),
    ComplaintKind(r"WITHIN GROUP|ordered-set aggregate", "{part} takes one WITHIN GROUP (ORDER BY ...)"),
    ComplaintKind(
        r"(?:FILTER|DISTINCT|ORDER BY) (?:specified|is not)", "{part} is no aggregate: it takes no such words"
    ),
    ComplaintKind(
        r"for SELECT DISTINCT, ORDER BY|SELECT DISTINCT ON expressions must match",
        "with DISTINCT, ORDER BY takes what SELECT has; add it there",
        at=r"\bORDER\s+BY\b",
    ),
    ComplaintKind(
        r"(?P<clause>ORDER BY|GROUP BY|DISTINCT ON) position (?P<number>-?\d+) is not in select list",
        "a number in {clause} is that of a column in SELECT, and there is no {number}",
    ),
    ComplaintKind(
        r"(?:ORDER|GROUP) BY.*(?:constant|must be)",
        "ORDER BY and GROUP BY take columns, their numbers, or expressions",
    ),
    ComplaintKind(
        r"invalid UNION/INTERSECT/EXCEPT ORDER BY",
        "ORDER BY behind UNION takes the names and numbers of its columns only; put the UNION in a subquery",
    ),
    ComplaintKind(r"arguments to GROUPING", "GROUPING() takes columns of this query's GROUP BY"),
    # sets and subqueries
    ComplaintKind(
        r"each \S+ query must have the same number of columns",
        "the two sides have different numbers of columns; give both the same",
    ),
    ComplaintKind(
        r"subquery (?:must return|has too many|has too few)",
        "a subquery has not one column where one is wanted",
    ),
    ComplaintKind(
        r"unequal number of entries", "the two sides have different numbers of values; give both the same"
    ),
    ComplaintKind(
        r"VALUES lists must all be the same length", "the rows of VALUES have different numbers of values"
    ),
    ComplaintKind(
        r"recursive (?:query|reference|term)|non-recursive",
        "such a recursion is not answered; write WITH RECURSIVE name AS (the beginning UNION ALL SELECT ... "
        "FROM name ...), with the same types in both",
    ),
    # types
    ComplaintKind(
        r"operator (?:does not exist|is not unique): (?P<types>.+?) (?P<operator>[-+*/%|<>=!~@&^#?]+) "
        r"(?P<type2>.+)",
        "{operator} does not go with {types} and {type2}; " + _CAST,
    ),
    ComplaintKind(
        r"operator (?:does not exist|is not unique): (?P<operator>[-+*/%|<>=!~@&^#?]+) (?P<types>.+)",
        "{operator} does not go with {types}; cast it",
    ),
    ComplaintKind(
        r"function (?:[\w.]+\.)?(?P<function>\w+)\(\) (?:does not exist|is not unique)",
        "{part} is no function, or wants values between its brackets",
    ),
    ComplaintKind(
        r"function (?:[\w.]+\.)?(?P<function>\w+)\((?P<types>.+)\) (?:does not exist|is not unique)",
        "{part} does not take {types}; check how many values it takes, and cast them to what it takes",
    ),
    ComplaintKind(
        r"(?:function|procedure|aggregate) .*does not exist", "{part} is not answered for these values"
    ),
    ComplaintKind(
        r"(?P<clause>UNION|INTERSECT|EXCEPT|CASE|COALESCE|GREATEST|LEAST|VALUES|ARRAY|IN|NULLIF|JOIN/\w+)\S* "
        r"(?:could not convert )?types? (?P<types>.+?) (?:and|to) (?P<type2>.+?)(?: cannot be matched)?$",
        "{types} and {type2} do not go together in {clause}; " + _CAST,
    ),
    ComplaintKind(
        r"cannot cast type (?P<types>.+?) to (?P<type2>.+)",
        "{types} cannot become {type2}; there is no such cast",
    ),
    ComplaintKind(
        r"argument of (?P<clause>[A-Z]+(?: [A-Z]+)?) must be type (?P<types>\w+), not type (?P<type2>.+)",
        "{clause} takes {types}, not {type2}",
    ),
    ComplaintKind(
        r"argument of (?P<clause>LIMIT|OFFSET) must not contain",
        "{clause} takes a number that is written out",
    ),
    ComplaintKind(
        r"argument of (?P<clause>[A-Z]+) must not", "{clause} takes no such part; put it in a subquery"
    ),
    ComplaintKind(
        r"could not determine (?:polymorphic|data) type|could not identify",
        "the type of a value is not clear; cast it",
    ),
    ComplaintKind(
        r"cannot subscript type (?P<types>.+?) because", "{types} has no elements; [...] goes behind lists"
    ),
    ComplaintKind(
        r"column notation .* applied to type|record",
        "what stands before the dot is no object with such a field",
    ),
    ComplaintKind(r"set-returning functions are not allowed", "{part} makes rows; put it in FROM"),
    ComplaintKind(
        r"numeric.*precision|NUMERIC (?:precision|scale)",
        "a decimal has 1 to 38 digits, and no more behind the point",
    ),
    ComplaintKind(r"length for type \S+ must be", "the length of a text type is 1 or more"),
    ComplaintKind(
        r"there is no parameter|bind message",
        "a query with parameters is not answered; write the values into it",
    ),
    ComplaintKind(
        r"syntax error at or near \"(?P<name>[^\"]*)\"",
        "{name} does not belong here; check what stands before it",
    ),
    ComplaintKind(r"syntax error at end", "the query ends too early; something is missing at its end"),
    ComplaintKind(r"stack depth limit|too deep", "the query is nested too deeply; put parts of it in WITH"),
    ComplaintKind(
        r"permission denied|must be superuser|read-only transaction",
        "that is not for queries, which read their tables only",
    ),
    ComplaintKind(
        r"unit \"(?P<name>[^\"]*)\" not (?:recognized|supported)",
        "{name} is no part of such a value; write YEAR, MONTH or DAY",
    ),
    ComplaintKind(
        r"units? .*not (?:recognized|supported)",
        "that is no part of such a value; write YEAR, MONTH, DAY, HOUR",
    ),
)
"""What is wrong with a query before it runs."""

RUNNING = (
    ComplaintKind(
        r"invalid input syntax for type (?P<type>[\w ]+): \"(?P<value>.*?)\"",
        "the text {value} is not {type}; {mend}",
    ),
    ComplaintKind(
        r"invalid input syntax for (?:type )?json|JSON|json",
        "a text is not JSON; check it, or {mend}",
    ),
    ComplaintKind(
        r"date/time field value out of range: \"(?P<value>.*?)\"",
        "the text {value} is no date or time; a date is written '2024-12-31'",
    ),
    ComplaintKind(
        r"value \"(?P<value>.*?)\" is out of range"
        r"|(?:integer|bigint|smallint|date|timestamp|interval|value|field|input) "
        r"(?:value )?(?:is )?out of range|overflow",
        "a number or a date becomes too large; cast to a larger type, or {mend}",
    ),
    ComplaintKind(r"invalid value \"(?P<value>.*?)\" for \"", "the text {value} is not as its format says"),
    ComplaintKind(
        r"division by zero", "something is divided by 0; write NULLIF(divisor, 0), which makes NULL of it"
    ),
    ComplaintKind(
        r"more than one row returned by a subquery",
        "a subquery that stands for one value has more than one row; add LIMIT 1, or an aggregate",
        at=r"\(\s*SELECT\b",
    ),
    ComplaintKind(
        r"(?:LIMIT|OFFSET) must not be negative",
        "LIMIT and OFFSET take a number that is 0 or more",
        at=r"\b(LIMIT|OFFSET)\b",
    ),
    ComplaintKind(
        r"invalid regular expression",
        "a regular expression cannot be read; check its brackets and backslashes",
    ),
    ComplaintKind(
        r"invalid escape|LIKE pattern", "a pattern of LIKE cannot be read; ESCAPE takes one character"
    ),
    ComplaintKind(
        r"numeric field overflow|precision",
        "a number does not fit into a decimal of so many digits; give it more",
    ),
    ComplaintKind(r"negative substring length|length", "the length of a part of a text is 0 or more"),
    ComplaintKind(r"logarithm", "a logarithm is of a number above 0; leave others out by WHERE"),
    ComplaintKind(
        r"square root|power", "a square root is of a number that is 0 or more; leave others out by WHERE"
    ),
    ComplaintKind(r"percentile value", "a percentile is from 0 to 1"),
    ComplaintKind(r"time zone", "there is no such time zone; write a name as Europe/Berlin"),
    ComplaintKind(
        r"character|encoding|UTF", "that is no character; characters have numbers from 1 to 1114111"
    ),
    ComplaintKind(
        r"malformed (?:array|record|range)|array",
        "a list cannot be read, or has no such element; write ARRAY[1, 2]",
    ),
    ComplaintKind(
        r"statement timeout|canceling statement due to", "the query took longer than it may; ask for less"
    ),
    ComplaintKind(
        r"memory|temporary file size|No space|disk|too large|exceeds|too long",
        "the query needs more memory or disk than it may have; read fewer rows or columns",
    ),
    ComplaintKind(r"connection|server closed", "the server was lost; try again"),
)
"""What fails as a query runs."""

"""What DuckDB complains of, and how that is told."""

from dw_simulator.adapters.complaints.complaint_tables import ComplaintKind

_CAST = "cast one side, as in CAST(a AS ...)"
_NAME = r'"?(?P<name>[^"\n]+?)"?'
_NAME_2 = _NAME.replace("name", "name2")
_FROM_COLUMN = r"(?: when casting from source column (?P<name>[^\n]+))?"
_DAYS = "a date is written '2024-12-31', a timestamp '2024-12-31 23:59:59'"

BINDING = (
    ComplaintKind(
        r"Max expression depth|nested too deep|recursion limit|stack overflow",
        "the query is nested too deeply; put parts of it in WITH",
        in_all=True,
    ),
    # changes
    ComplaintKind(
        rf"table {_NAME} has \d+ columns but \d+ values were supplied",
        "{name} has another number of columns than are inserted; name them: INSERT INTO {name} (...)",
    ),
    ComplaintKind(
        rf"(?:Table|View) with name {_NAME} already exists",
        "there is a table {name} already; write CREATE OR REPLACE, or DROP it before",
    ),
    # names
    ComplaintKind(
        rf"Referenced column {_NAME} (?:was )?not found(?P<offered>.*)",
        "there is no {thing} {name} here{near}",
    ),
    ComplaintKind(
        rf"(?:Table|Values list) {_NAME} does not have a column named \"(?P<name2>[^\"\n]+)\"",
        "{name} has no column {name2}",
    ),
    ComplaintKind(
        rf"Column with name {_NAME} does not exist|Column {_NAME_2} does not exist on",
        "a column that is joined by is not on both sides; USING takes what both tables have",
        at=r"\bUSING\b",
    ),
    ComplaintKind(
        rf"Referenced table {_NAME} not found(?P<offered>.*)", "there is no {thing} {name} here{near}"
    ),
    ComplaintKind(
        rf"(?:Table|View|Catalog) with name {_NAME} does not exist(?P<offered>.*)",
        "there is no table {name}{near}",
    ),
    ComplaintKind(
        rf"(?:Schema|Catalog) (?:with name )?{_NAME} does not exist",
        "there is no schema {name}; write the table's name alone",
    ),
    ComplaintKind(
        rf"Ambiguous reference to (?:column name|table) {_NAME}(?: \(| - |$)",
        "{name} is in more than one of the tables; say whose: write the table before it, as in t.{name}",
    ),
    ComplaintKind(
        r"Duplicate (?:alias|table alias) \"?(?P<name>[^\"\n!]+)",
        "the name {name} stands for two tables of one FROM; give one of them another",
    ),
    ComplaintKind(
        r"Duplicate CTE (?:name|binding) \"?(?P<name>[^\"\n!]+)",
        "WITH has two parts of the name {name}; rename one of them",
    ),
    ComplaintKind(
        rf"Column {_NAME} referenced that exists in the SELECT clause - but this column cannot be "
        rf"referenced before",
        "{name} is used before it is there; move it behind what it is made of",
    ),
    ComplaintKind(
        r"(?:Cannot extract field|Could not find (?:key|child)).*",
        "what stands before the dot is no object that has such a field; look at its type",
    ),
    ComplaintKind(
        r"Circular reference to CTE \"?(?P<name>[^\"\n]+?)\"?[, ]",
        "{name} reads itself; write WITH RECURSIVE",
    ),
    # groups
    ComplaintKind(
        rf"column {_NAME} must appear in the GROUP BY",
        "{name} is neither in GROUP BY nor within an aggregate; put it in GROUP BY, or take its MIN or MAX",
    ),
    ComplaintKind(
        r"(?P<clause>WHERE|GROUP BY|JOIN|HAVING|QUALIFY|LIMIT|ON) clause cannot contain aggregates",
        "{clause} takes no aggregate; put the condition in HAVING",
    ),
    ComplaintKind(
        r"(?P<clause>WHERE|GROUP BY|HAVING|JOIN|LIMIT) clause cannot contain window functions",
        "{clause} takes no window function; put it in a subquery's SELECT, or use QUALIFY",
    ),
    ComplaintKind(
        r"aggregate function calls cannot be nested",
        "an aggregate within an aggregate has no rows to work on; put the inner one in a subquery",
    ),
    ComplaintKind(
        r"aggregate functions? (?:calls )?(?:are|is) not (?:supported|allowed)|cannot contain aggregate "
        r"functions",
        "an aggregate is not allowed here; put it in a subquery's SELECT, or in HAVING",
        at=r"\b(sum|count|min|max|avg)\b",
    ),
    ComplaintKind(
        r"Cannot mix aggregates with non-aggregated columns",
        "columns stand beside aggregates; name them in GROUP BY",
        at=r"\bSELECT\b",
    ),
    ComplaintKind(
        r"(?P<clause>ORDER|GROUP)(?: BY)? term out of range - should be between 1 and (?P<number>\d+)",
        "a number in {clause} BY is that of a column in SELECT, and there are only {number}",
        at=r"\b(ORDER|GROUP)\s+BY\b",
    ),
    ComplaintKind(
        r"Cannot group on a (?P<what>window)|Cannot group on an UNNEST",
        "GROUP BY takes neither window functions nor lists that are unfolded; use a subquery",
        at=r"\bGROUP\s+BY\b",
    ),
    ComplaintKind(
        r"GROUPING (?:statement|function|child).*",
        "GROUPING() takes columns of this query's GROUP BY",
        at=r"\bGROUPING\b",
    ),
    ComplaintKind(
        r"Alias with name \"(?P<name>[^\"]+)\" exists, but",
        "{name} is a name of SELECT, which cannot be used there; write out what it stands for",
    ),
    # windows
    ComplaintKind(
        r"Window functions are not (?:supported|allowed) here|window functions? (?:is|are) not allowed"
        r"|window function calls cannot be nested",
        "{part} is a window function, which needs OVER (...), and stands in SELECT, ORDER BY or QUALIFY only",
        at=r"\bOVER\b",
    ),
    ComplaintKind(
        r"can only be used as a window function|window functions? require an OVER",
        "{part} is a window function; put OVER (...) behind it",
    ),
    ComplaintKind(
        r"is not a window function|No function matches.*window|not a windowed? aggregate|Window "
        r"function.*does not exist",
        "{part} cannot stand before OVER; only aggregates and window functions do",
        at=r"\bOVER\b",
    ),
    ComplaintKind(
        r"(?:Window|frame|RANGE|ROWS|GROUPS).*(?:PRECEDING|FOLLOWING|BETWEEN|frame|ORDER BY expression)",
        "such a frame of a window is not answered; check ROWS or RANGE BETWEEN, and ORDER BY",
        at=r"\b(ROWS|RANGE|GROUPS)\b",
    ),
    # sets and subqueries
    ComplaintKind(
        r"Set operations can only apply to expressions with the same number of result columns",
        "the two sides have different numbers of columns; give both the same",
        at=r"\b(UNION|INTERSECT|EXCEPT|MINUS)\b",
    ),
    ComplaintKind(
        r"Subquery returns (?P<number>\d+) columns - expected (?P<wanted>\d+)",
        "the subquery has {number} columns where {wanted} is wanted; select one",
    ),
    ComplaintKind(
        r"Could not ORDER BY column",
        "ORDER BY behind UNION takes the names and numbers of its columns only; put the UNION in a subquery",
        at=r"\bORDER\s+BY\b",
    ),
    ComplaintKind(
        r"table \"?[^\"]*\"? has (?P<number>\d+) columns available but (?P<wanted>\d+) columns specified",
        "there are {number} columns, but names for {wanted}",
    ),
    ComplaintKind(
        r"VALUES lists must all be the same length",
        "the rows of VALUES have different numbers of values",
        at=r"\bVALUES\b",
    ),
    ComplaintKind(
        r"recursive (?:reference|CTE|query)|Recursive CTE|UNION with recursive|recursive term",
        "such a recursion is not answered; write WITH RECURSIVE name AS (the beginning UNION ALL SELECT "
        "... FROM name ...)",
        at=r"\bWITH\b",
    ),
    ComplaintKind(
        r"subquer(?:y|ies).*(?:not (?:supported|allowed)|unsupported)|cannot contain subqueries|(?:not "
        r"(?:supported|allowed)|unsupported).*subquer|correlated",
        "a subquery is not answered here; put it in a JOIN or in WITH",
    ),
    # types
    ComplaintKind(
        r"No function matches the given name and argument types "
        r"'\"?(?P<operator>[-+*/%|<>=!~@&^]+)\"?\((?P<types>.*?)\)'",
        "{operator} does not go with {types}; " + _CAST,
    ),
    ComplaintKind(
        r"No function matches the given name and argument types '\"?(?P<function>[^('\"]+)\"?\(\)'",
        "{part} wants values between its brackets",
    ),
    ComplaintKind(
        r"No function matches the given name and argument types "
        r"'\"?(?P<function>[^('\"]+)\"?\((?P<types>.*?)\)'",
        "{part} does not take {types}; check how many values it takes, and cast them to what it takes",
    ),
    ComplaintKind(
        r"best candidate (?:function )?for the function call "
        r"\"\"?(?P<operator>[-+*/%|<>=!~@&^]+)\"?\((?P<types>.*?)\)\"",
        "what {operator} means for {types} is not clear; " + _CAST,
    ),
    ComplaintKind(
        r"best candidate (?:function )?for the function call "
        r"\"\"?(?P<function>[^(\"]+)\"?\((?P<types>.*?)\)\"",
        "what {part} means for {types} is not clear; cast them to what it takes",
    ),
    ComplaintKind(
        r"Cannot (?:mix|compare|combine|concatenate|unpivot).*? (?:of )?types? (?P<types>[^\n]*?) and "
        r"(?:type )?(?P<type2>[^\n]*?)(?: in (?P<clause>\w+)[^\n]*?)?(?: -|$)",
        "{types} and {type2} do not go together; " + _CAST,
    ),
    ComplaintKind(
        r"Cannot (?:concatenate|create a list of) types (?P<types>[^\n]*?) -",
        "{types} do not go together; " + _CAST,
    ),
    ComplaintKind(
        r"Unimplemented type for cast \((?P<type>.+?) -> (?P<type2>.+?)\)",
        "{type} cannot become {type2}; there is no such cast",
    ),
    ComplaintKind(
        r"(?:Cannot|Could not|can't) (?:implicitly )?(?:cast|convert) .*?type (?P<type>\S+) to (?:type "
        r")?(?P<type2>[^\s.]+)",
        "{type} cannot become {type2}; cast it by way of text",
    ),
    ComplaintKind(r"Type with name \"?(?P<name>[^\"\n]+?)\"? does not exist", "there is no type {name}"),
    ComplaintKind(
        r"DECIMAL type width must be between 1 and (?P<number>\d+)",
        "a decimal has 1 to {number} digits",
        at=r"\b(DECIMAL|NUMERIC|NUMBER)\b",
    ),
    ComplaintKind(
        r"DECIMAL.*scale cannot (?:be greater than|exceed)",
        "a decimal has no more digits behind the point than in all",
        at=r"\b(DECIMAL|NUMERIC|NUMBER)\b",
    ),
    ComplaintKind(
        r"non-integer literal", "ORDER BY takes columns, their numbers, or expressions", at=r"\bORDER\s+BY\b"
    ),
    ComplaintKind(
        r"(?:Table|Scalar|Aggregate|Macro)? ?function(?: with name)? \"?(?P<name>\w+)\"? does not exist"
        r"|function \"?(?P<name2>\w+)\"? does not exist",
        "function {name}{name2}() is not answered",
    ),
    ComplaintKind(
        r"is a table function but it was used as a scalar|table function.*cannot be (?:used|called)|is "
        r"not (?:supported|allowed) in .*table function",
        "{part} makes a table; put it in FROM",
    ),
    ComplaintKind(
        r"is a (?:scalar|\w+) function but it was used as a table|Table Function with name",
        "{part} makes no table; put it in SELECT",
    ),
    ComplaintKind(
        r"Function .* is a .*function\. \"DISTINCT\", \"FILTER\"",
        "{part} is no aggregate: it takes neither DISTINCT, FILTER nor ORDER BY",
    ),
    ComplaintKind(
        r"(?:must be|requires|needs|expected?).*constant|must be a constant|not a constant|non-constant",
        "{part} wants a value that is written out there, not one of each row",
    ),
    ComplaintKind(
        r"PERCENTILEs? can only take parameters in the range",
        "a percentile is from 0 to 1",
        at=r"\bPERCENTILE_(CONT|DISC)\b",
    ),
    ComplaintKind(
        r"(?:WITHIN GROUP|ordered aggregate).*",
        "{part} is not answered with this WITHIN GROUP; it takes one ORDER BY",
        at=r"\bWITHIN\b",
    ),
    ComplaintKind(
        r"DISTINCT (?:is not|not) (?:allowed|implemented|supported)",
        "DISTINCT is not answered here; put it in a subquery",
        at=r"\bDISTINCT\b",
    ),
    # limits, units, lists
    ComplaintKind(
        r"(?-i:LIMIT|OFFSET).*cannot be negative|(?-i:LIMIT).*(?:out of range|must be)",
        "LIMIT and OFFSET take a number that is 0 or more",
        at=r"\b(LIMIT|TOP|FETCH|OFFSET)\b",
    ),
    ComplaintKind(
        r"\b(?-i:LIMIT|OFFSET|TOP|FETCH)\b",
        "LIMIT and OFFSET take a number that is written out",
        at=r"\b(LIMIT|TOP|FETCH|OFFSET)\b",
    ),
    ComplaintKind(
        r"extract specifier \"(?P<name>[^\"]*)\" not (?:recognized|supported)",
        "{name} is no part of a date or time; write YEAR, MONTH, DAY, HOUR or the like",
    ),
    ComplaintKind(
        r"(?:date ?part|specifier).*not (?:recognized|supported|implemented)",
        "that is no part of such a value; write YEAR, MONTH, DAY, HOUR or the like",
    ),
    ComplaintKind(
        r"(?:\* expression|star expression|(?-i:STAR|COLUMNS)).*",
        "* is not answered here; name the columns",
        at=r"\*",
    ),
    ComplaintKind(r"\bunnest\b", "a list cannot be unfolded here; do that in FROM"),
    ComplaintKind(r"lambda", "such a lambda is not answered; write x -> ..."),
    ComplaintKind(
        r"\b(?-i:PIVOT|UNPIVOT)\b",
        "such a PIVOT is not answered; give it one aggregate, and its values: IN ('a', 'b')",
        at=r"\b(UN)?PIVOT\b",
    ),
    ComplaintKind(
        r"Parameter|prepared statement", "a query with parameters is not answered; write the values into it"
    ),
    ComplaintKind(
        r"syntax error at or near \"(?P<name>[^\"]*)\"",
        "{name} does not belong here; check what stands before it",
    ),
)
"""What is wrong with a query before it runs."""

RUNNING = (
    ComplaintKind(r"NOT NULL constraint failed: (?P<name>[\w.]+)", "{name} takes no NULL"),
    ComplaintKind(
        r"cannot affect the same target row more than once",
        "several rows of the source match one row that MERGE changes; keep one of them, by QUALIFY say",
    ),
    ComplaintKind(
        r"reading the stream registered", "the rows of the warehouse were lost; ask again", in_all=True
    ),
    ComplaintKind(
        r"Could not (?:convert|cast) value ['\"]?(?P<value>.*?)['\"]? to "
        r"(?P<type>DECIMAL\(\d+, ?\d+\))" + _FROM_COLUMN,
        "{value} does not fit into a decimal of so many digits; give it more digits, or {mend}",
    ),
    ComplaintKind(
        r"Could not (?:convert|cast) string ['\"](?P<value>.*?)['\"] to (?P<type>DECIMAL)"
        r"\([\d, ]+\)" + _FROM_COLUMN,
        "the text {value} is no number of so many digits; {mend}",
    ),
    ComplaintKind(
        r"Could not (?:convert|cast) string ['\"](?P<value>.*?)['\"] to (?P<type>\w+)" + _FROM_COLUMN,
        "the text {value} is not {type}; {mend}",
    ),
    ComplaintKind(
        r"Could not cast string to (?:double|float|decimal)[^\"]*\"(?P<value>.*?)\"",
        "the text {value} is not a number; {mend}",
    ),
    ComplaintKind(
        r"Type (?P<type>\S+) with value (?P<value>.*?) can't be cast",
        "{value} is out of the range of the type that it is cast to; take a larger one",
    ),
    ComplaintKind(
        r"Casting value \"?(?P<value>.*?)\"? to type",
        "{value} is out of the range of the type that it is cast to; take a larger one",
    ),
    ComplaintKind(
        r"(?:Failed to cast|Could not convert|Unimplemented type for cast|can't be cast|cannot cast)",
        "a value cannot become the type that it is cast to; {mend}",
    ),
    ComplaintKind(
        r"(?:invalid|date|timestamp|time|interval)[^\n]*?field (?:format|value out of range): "
        r"\"(?P<value>.*?)\"",
        "the text {value} is no date or time; " + _DAYS,
    ),
    ComplaintKind(
        r"Could not parse (?:string|interval) \"(?P<value>.*?)\" according to format",
        "the text {value} is not as its format says; {mend}",
    ),
    ComplaintKind(
        r"Failed to parse (?:string|format).*?\"(?P<value>.*?)\"", "{value} is not as its format says"
    ),
    ComplaintKind(
        r"Failed to parse format specifier|format specifier", "the format of a date cannot be read; check it"
    ),
    ComplaintKind(
        r"Could not convert string '(?P<value>.*?)' to INTERVAL|interval.*(?:convert|parse)",
        "{value} is no interval; write it as '3 days'",
    ),
    ComplaintKind(
        r"Division by zero|divide by zero|Modulo by zero",
        "something is divided by 0; write NULLIF(divisor, 0), which makes NULL of it",
        in_all=True,
    ),
    ComplaintKind(
        r"Overflow|out of range|too large|exceeds? the (?:range|maximum)|overflows",
        "a number, date or text becomes too large; cast to a larger type, or {mend}",
    ),
    ComplaintKind(
        r"More than one row returned by a subquery",
        "a subquery that stands for one value has more than one row; add LIMIT 1, or an aggregate",
        at=r"\(\s*SELECT\b",
        in_all=True,
    ),
    ComplaintKind(r"Malformed JSON|JSON", "a text is not JSON; check it, or {mend}"),
    ComplaintKind(
        r"Cannot create a string of size|Strings? over 4GB",
        "a text becomes larger than 4 GB; make it shorter",
        in_all=True,
    ),
    ComplaintKind(
        r"(?:invalid|missing|bad|no argument|unmatched|unexpected|trailing).*(?:regex|perl|escape|\)|\]"
        r"|repetition|bracket|backslash|class|range)|regex|no argument for repetition operator",
        "a regular expression cannot be read; check its brackets and backslashes",
    ),
    ComplaintKind(r"UTF-?8|[Cc]odepoint", "that is no character; characters have numbers from 1 to 1114111"),
    ComplaintKind(r"logarithm", "a logarithm is of a number above 0; leave others out by WHERE"),
    ComplaintKind(
        r"square root", "a square root is of a number that is 0 or more; leave others out by WHERE"
    ),
    ComplaintKind(r"SUBSTR|substring length", "the length of a part of a text is 0 or more"),
    ComplaintKind(r"Maximum.*recursi|infinite", "a recursion does not end; give it a condition that ends it"),
    ComplaintKind(r"time ?zone", "there is no such time zone; write a name as Europe/Berlin"),
    ComplaintKind(r"base64|hex|blob|bytes?", "a text does not stand for bytes; check how it is encoded"),
    ComplaintKind(
        r"Out of Memory|failed to (?:allocate|offload|pin|reserve)|OutOfMemory|max_temp_directory_size|No "
        r"space left|temp_directory",
        "the query needs more memory than it may have; read fewer rows or columns, or group before you join",
        in_all=True,
    ),
    ComplaintKind(r"\binterrupt(?:ed)?\b", "the query was stopped", in_all=True),
    ComplaintKind(
        r"magic bytes|\.parquet|No files found that match|Cannot open file",
        "a file of the run cannot be read; generate it again",
        in_all=True,
    ),
)
"""What fails as a query runs."""

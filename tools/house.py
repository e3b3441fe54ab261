"""Measure how the package is built: names, hints, type tests, cycles, lengths and comments.

    python tools/house.py [PACKAGE_DIR] [--json] [--list MEASURE]

Every measure is a line. `--list` shows the places behind a measure, as file:line below the package; it may be
given several times, and `--list all` shows all. A test calls `measure(package)` and reads the figures.

The script reads source text only. It imports nothing of the package that it measures.
"""

import argparse
import ast
import builtins
import io
import json
import math
import re
import statistics
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

# --- what the measures take for granted; all paths are below the package

OUTSIDE_CORE = ("adapters", "interfaces", "stack", "testing")
"""The edges of the program. Everything else is the core."""

OUTSIDE_NAMES = (*OUTSIDE_CORE, "plugins", "inference", "schema/inference", "judging")
"""Where the name of a backend may stand: its own module, an edge, inference, whose job is to pick, and
judging, which reads the words of names and proposes rules."""

MIGRATIONS = ("adapters/stores/migrations",)
"""Frozen history: its names follow the order in which they were written."""

MIRRORED = (
    "adapters/databases",
    "adapters/formats",
    "adapters/warehouses",
    "interfaces/cli",
    "interfaces/mcp",
    "interfaces/rest",
    "plugins/dialects",
    "plugins/loadpacks",
    "stack",
)
"""Folders with a file for each backend or command. Files of one name in several of them belong together."""

FORMATS = ("parquet", "csv", "jsonl")
"""No hook registers formats, so their names stand here."""

HOOK = re.compile(
    r"_(rule|faker_provider|dialect|contract|sink|warehouse|executor|store|engine|format|database)s$"
)
"""How the name of a registration hook ends."""

KINDS = (
    *("boolean", "integer", "decimal", "float", "text", "date", "time", "timestamp", "binary"),
    *("uuid", "json", "notation", "nested"),
)
ROLES = ("counting", "listing", "condition", "note", "code", "form", "spread", "given", "days")

ALLOWED: Mapping[tuple[str, str], str] = {
    ("after", "model_validator()"): "pydantic: the validator runs after the fields are read",
    ("json", "model_dump()"): "pydantic: values as JSON has them",
    ("json", "PlainSerializer()"): "pydantic: values as JSON has them",
    ("text", "PydanticCustomError()"): "pydantic: a placeholder in its message, and the value for it",
    ("boolean", "_WORDS"): "JSON Schema: the type of an option",
    ("text", "_WORDS"): "the English word that users read for a string",
    ("pattern", "_BOUNDS"): "JSON Schema: a keyword",
    ("window", "RESERVED_WORDS"): "a word of SQL",
    ("table", "RESERVED_WORDS"): "a word of SQL",
    ("table", "some()"): "the noun of a message",
    ("file", "FILE"): "the field of a schema that names a file of rows",
    ("sql", "class SqlText"): "the field that holds SQL",
    ("duckdb", "_LIBRARIES"): "the distribution whose version a manifest tells",
    ("faker", "libraries()"): "the distribution whose version a pool tells",
    ("redshift", "_EXTRAS"): "an extra of this distribution",
    ("snowflake", "_EXTRAS"): "a module, and the extra that brings it",
    ("integer", "_WORDS"): "JSON Schema: the type of an option",
    ("integer", "class Children"): "JSON Schema: the type of a field",
    ("parquet", "FIRST_FORMAT"): "what files without a name for their format were once written as",
    ("faker", "RuleSpec()"): "what the field faker_rule of a schema stands for",
    **{(word, "class Kind"): "a kind of type, not the rule" for word in KINDS},
    **{(word, "class RuleRole"): "what a rule is needed for; a plugin says by which rule" for word in ROLES},
}
"""Words that are no name of a backend where they stand: (word, what is around it) and why.

What is around it is a call "f()", the target of an assignment "NAME", or a class "class Name".
"""

GIVEN_OBJECT = frozenset({"__eq__", "__ne__", "__contains__", "__exit__", "__aexit__"})
"""Methods whose parameters are `object` because Python says so."""

LONG_FUNCTION = 30
LONG_MODULE = 500
DATA_SHARE = 0.8
MANY_TYPE_TESTS = 3
TABLE_KEYS = 3

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


# --- the result


@dataclass(frozen=True, order=True)
class Place:
    """A line of a file, and what stands there."""

    file: str
    line: int
    what: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.what}".rstrip()


@dataclass(frozen=True)
class Figure:
    """A measure: its name, its value, and the places behind it where there are any."""

    name: str
    value: float
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class House:
    """All figures of a package, in the order in which they are printed."""

    figures: tuple[Figure, ...]

    def __getitem__(self, name: str) -> float:
        return self.figure(name).value

    def places(self, name: str) -> tuple[Place, ...]:
        """The places behind a measure."""
        return self.figure(name).places

    def figure(self, name: str) -> Figure:
        """The figure of this name. Raises KeyError."""
        for one in self.figures:
            if one.name == name:
                return one
        raise KeyError(f"no measure {name!r}; there are: {', '.join(one.name for one in self.figures)}")

    def values(self) -> dict[str, float]:
        """Every measure and its value."""
        return {one.name: one.value for one in self.figures}


# --- the package as read


@dataclass(frozen=True, eq=False)
class Module:
    """One file of the package. name: dotted; path: below the package."""

    name: str
    path: PurePosixPath
    source: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @cached_property
    def lines(self) -> list[str]:
        return self.source.splitlines()

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in self.nodes if isinstance(node, FUNCTIONS)]

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    @cached_property
    def origins(self) -> dict[str, str]:
        """Where each name comes from, dotted: imports of any depth, and what the module itself defines."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for one in node.names:
                    name = one.asname or one.name.partition(".")[0]
                    found[name] = one.name if one.asname else name
            elif isinstance(node, ast.ImportFrom):
                base = self.imported(node)
                found |= {one.asname or one.name: f"{base}.{one.name}" for one in node.names}
        own = {name: f"{self.name}.{name}" for node in self.outer for name in _defined(node)}
        return found | own

    @cached_property
    def outer(self) -> list[ast.stmt]:
        """The statements at module level, those in `if` and `try` included."""
        return list(_flat(self.tree.body))

    @cached_property
    def docstrings(self) -> set[ast.AST]:
        """Strings that stand alone: docstrings, and those that explain a constant."""
        return {
            node.value
            for node in self.nodes
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and _text(node.value)
        }

    def imported(self, node: ast.ImportFrom) -> str:
        """What `from X import` names, without its dots."""
        if not node.level:
            return node.module or ""
        parts = self.package.split(".")
        base = ".".join(parts[: len(parts) - node.level + 1])
        return f"{base}.{node.module}" if node.module else base

    def within(self, folders: Iterable[str]) -> bool:
        return any(self.path.is_relative_to(folder) for folder in folders)

    def place(self, node: ast.AST, what: str = "") -> Place:
        return Place(str(self.path), getattr(node, "lineno", 1), what)

    def dotted(self, node: ast.AST) -> str:
        """Where a name or attribute comes from; empty for other expressions and for local names."""
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return f"{base}.{node.attr}" if base else ""
        if not isinstance(node, ast.Name):
            return ""
        return self.origins.get(node.id) or (f"builtins.{node.id}" if hasattr(builtins, node.id) else "")


@dataclass(frozen=True, eq=False)
class Package:
    """All modules by their dotted names."""

    modules: Mapping[str, Module]

    def __iter__(self) -> Iterator[Module]:
        return iter(self.modules.values())

    def without(self, folders: Iterable[str]) -> list[Module]:
        return [module for module in self if not module.within(folders)]

    @cached_property
    def lines(self) -> int:
        return sum(len(module.lines) for module in self)

    def canonical(self, dotted: str) -> str:
        """Where a name is defined at last: follows names that modules import from one another."""
        seen: set[str] = set()
        while dotted not in seen:
            seen.add(dotted)
            base, _, name = dotted.rpartition(".")
            if base in self.modules:
                dotted = self.modules[base].origins.get(name, dotted)
        return dotted


def read(root: Path) -> Package:
    """Read every module below a package's folder."""
    modules = {}
    for file in sorted(root.rglob("*.py")):
        path = PurePosixPath(file.relative_to(root).as_posix())
        parts = path.with_suffix("").parts
        name = ".".join((root.resolve().name, *parts[: -1 if parts[-1] == "__init__" else None]))
        source = file.read_text(encoding="utf-8")
        modules[name] = Module(name, path, source, ast.parse(source, str(file)))
    return Package(modules)


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With):
            inner = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt)]
            handlers = [one for each in getattr(node, "handlers", ()) for one in each.body]
            yield from _flat([*inner, *handlers])
        else:
            yield node


def _defined(node: ast.stmt) -> list[str]:
    """The names that a statement defines."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return [node.name]
    return [target.id for target in _targets(node) if isinstance(target, ast.Name)]


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, ast.AnnAssign):
        return [node.target]
    name = getattr(node, "name", None)  # of `type Name = ...` in Python 3.12
    return [name] if isinstance(name, ast.Name) else []


def _text(node: ast.AST | None) -> str:
    """A literal string; empty for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _called(node: ast.AST) -> str:
    """The last part of the name that is called."""
    function = node.func if isinstance(node, ast.Call) else node
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


# --- files and names


def _files(package: Package) -> Iterator[Figure]:
    root = [Place(str(one.path), 1) for one in package if len(one.path.parts) == 1]
    yield Figure("root modules", len(root), tuple(root))
    by_name: dict[str, list[Module]] = defaultdict(list)
    for module in package.without(MIGRATIONS):
        if module.path.name != "__init__.py":
            by_name[module.path.name].append(module)
    several = [group for group in by_name.values() if len(group) > 1]
    yield _counted("shared base names", _of_groups(one for one in several if not _mirrored(one)))
    yield _counted("shared base names, mirrored backends included", _of_groups(several))


def _mirrored(group: Iterable[Module]) -> bool:
    return all(str(module.path.parent) in MIRRORED for module in group)


def _of_groups(groups: Iterable[Sequence[Module]]) -> list[Place]:
    return [Place(str(one.path), 1, f"{len(group)} times") for group in groups for one in group]


def _classes(package: Package) -> Iterator[Figure]:
    by_name: dict[str, list[Place]] = defaultdict(list)
    for module in package.without(MIGRATIONS):
        found = {node.name: node for node in module.outer if isinstance(node, ast.ClassDef)}
        for name, node in found.items():
            by_name[name].append(module.place(node, name))
    shared = {n: places for n, places in by_name.items() if len(places) > 1 and not n.startswith("_")}
    places = tuple(place for name in sorted(shared) for place in shared[name])
    yield Figure("public class names not unique", len(shared), places)


def _counted(name: str, places: Iterable[Place]) -> Figure:
    found = tuple(sorted(places))
    return Figure(name, len(found), found)


def _per_kloc(name: str, places: Sequence[Place], lines: int) -> Figure:
    return Figure(name, _ratio(1000 * len(places), lines), tuple(sorted(places)))


def _ratio(count: float, of: float) -> float:
    return round(count / of, 2) if of else 0.0


# --- hints that say nothing


def _hints(package: Package) -> Iterator[Figure]:
    core = package.without(OUTSIDE_CORE)
    lines = sum(len(module.lines) for module in core)
    reader = _Vague(package, _aliases(package))
    found = {module: list(reader.of(module)) for module in package}
    everywhere = [one for each in found.values() for one in each]
    inside = [one for module in core for one in found[module]]
    for title, hints, size in (("", everywhere, package.lines), (" in the core", inside, lines)):
        yield _per_kloc(f"Any per kloc{title}", [place for _kind, place in hints], size)
        for kind in ("Any", "object"):
            own = [place for one, place in hints if one == kind]
            yield _counted(f"uses of {kind}{title}", own)
    bare = [module.place(node) for module in package for node in reader.whole(module)]
    yield _per_kloc("annotations that are nothing but Any or object per kloc", bare, package.lines)


def _aliases(package: Package) -> dict[str, str]:
    """What stands for Any or object, by the dotted name: those two, and every alias of them."""
    known = {"typing.Any": "Any", "typing_extensions.Any": "Any", "builtins.object": "object"}
    candidates = [
        (f"{module.name}.{name}", package.canonical(module.dotted(_bare(module, value))))
        for module in package
        for node in module.outer
        if (value := getattr(node, "value", None)) is not None
        for name in _defined(node)
    ]
    while new := {name: known[to] for name, to in candidates if to in known and name not in known}:
        known |= new
    return known


def _bare(module: Module, node: ast.AST) -> ast.AST:
    """What is annotated, of an Annotated."""
    if isinstance(node, ast.Subscript) and module.dotted(node.value).endswith(".Annotated"):
        return node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
    return node


@dataclass(frozen=True)
class _Vague:
    """Finds uses of Any, object and their aliases where they are hints."""

    package: Package
    known: Mapping[str, str]

    def of(self, module: Module) -> Iterator[tuple[str, Place]]:
        """Every use, once: which of the two, and where."""
        exempt = _given(module)
        found = {
            key: kind
            for hint, strings in _places_of_hints(module)
            for key, kind in self._inside(module, hint, strings=strings)
            if kind == "Any" or hint not in exempt
        }
        for node in module.nodes:  # Any has no other use than as a hint
            used = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
            if used and self._kind(module, node) == "Any":
                found[_position(node)] = "Any"
        for (line, _column, _inner), kind in found.items():
            yield kind, Place(str(module.path), line, kind)

    def whole(self, module: Module) -> Iterator[ast.expr]:
        """Annotations that say nothing at all."""
        exempt = _given(module)
        for hint in _annotations(module):
            kind = self._kind(module, _bare(module, _parsed(_text(hint)) or hint))
            if kind == "Any" or (kind and hint not in exempt):
                yield hint

    def _kind(self, module: Module, node: ast.AST) -> str:
        return self.known.get(self.package.canonical(module.dotted(node)), "")

    def _inside(
        self, module: Module, node: ast.AST, at: tuple[int, int] = (0, 0), *, strings: bool
    ) -> Iterator[tuple[tuple[int, int, int], str]]:
        """What a hint holds. at: the line and column of the string that the hint stands in."""
        if kind := self._kind(module, node):
            line, column, _ = _position(node)
            yield (*at, column + 1) if at[0] else (line, column, 0), kind
            return
        if strings and (text := _text(node)):
            here = at if at[0] else _position(node)[:2]
            if parsed := _parsed(text):
                yield from self._inside(module, parsed, here, strings=True)
            return
        for child in _parts(module, node):
            yield from self._inside(module, child, at, strings=strings)


def _position(node: ast.AST) -> tuple[int, int, int]:
    """Line and column of a name; the third is its column in a string, and 0 outside of strings."""
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0), 0


def _parts(module: Module, node: ast.AST) -> Iterable[ast.AST]:
    """What of a hint is a hint itself: nothing of a Literal, the first item of an Annotated."""
    if isinstance(node, ast.Subscript):
        name = module.dotted(node.value)
        if name.endswith(".Literal"):
            return ()
        if name.endswith(".Annotated"):
            return (_bare(module, node),)
    return ast.iter_child_nodes(node)


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return None


def _given(module: Module) -> set[ast.expr]:
    """The hints of parameters that Python itself prescribes."""
    return {
        argument.annotation
        for function in module.functions
        if function.name in GIVEN_OBJECT
        for argument in ast.walk(function.args)
        if isinstance(argument, ast.arg) and argument.annotation
    }


def _annotations(module: Module) -> Iterator[ast.expr]:
    for node in module.nodes:
        hint = node.returns if isinstance(node, FUNCTIONS) else getattr(node, "annotation", None)
        if isinstance(hint, ast.expr):
            yield hint


def _places_of_hints(module: Module) -> Iterator[tuple[ast.AST, bool]]:
    """Every expression that is a hint, and whether strings in it are hints, too."""
    yield from ((hint, True) for hint in _annotations(module))
    for node in module.nodes:
        if type(node).__name__ in ("TypeAlias", "TypeVar"):  # of Python 3.12
            said = getattr(node, "value", None) or getattr(node, "bound", None)
            yield from [(said, True)] if said else []
        elif isinstance(node, ast.Call):
            yield from ((hint, True) for hint in _hints_of_call(module, node))
        elif isinstance(node, ast.Subscript):
            yield node.slice, False
        elif (alias := _alias(node)) is not None and _outside_functions(module, node):
            yield alias, False


def _alias(node: ast.AST) -> ast.expr | None:
    """What an assignment may give a name to, as `Rows = Mapping[str, Any]` does."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return value if isinstance(value, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp) else None


def _hints_of_call(module: Module, node: ast.Call) -> list[ast.expr]:
    """The hints among the arguments of typing's functions."""
    name = module.dotted(node.func)
    if not name.startswith(("typing.", "typing_extensions.")):
        return []
    if name.endswith(".cast"):
        return node.args[:1]
    if name.endswith((".TypeVar", ".NewType", ".TypeAliasType")):
        return node.args[1:] + [one.value for one in node.keywords if one.arg in ("bound", "default")]
    return []


def _outside_functions(module: Module, node: ast.AST) -> bool:
    return not any(isinstance(one, (*FUNCTIONS, ast.Lambda)) for one in _above(module, node))


def _above(module: Module, node: ast.AST) -> Iterator[ast.AST]:
    """Everything around a node, from the inside out."""
    while (parent := module.parents.get(node)) is not None:
        yield parent
        node = parent


# --- asking what something is


def _asking(package: Package) -> Iterator[Figure]:
    found: dict[str, list[Place]] = {"hasattr": [], "getattr": []}
    for module in package.without(OUTSIDE_CORE):
        for node in module.nodes:
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or len(node.args) < 2:
                continue
            name, text = node.func.id, _text(node.args[1])
            if text and name in found:
                found[name].append(module.place(node, f"{name} {text}"))
    both = found["hasattr"] + found["getattr"]
    yield _counted("hasattr/getattr with a literal string in the core", both)
    yield _counted("hasattr with a literal string in the core", found["hasattr"])
    yield _counted("getattr with a literal string in the core", found["getattr"])


def _type_tests(package: Package) -> Iterator[Figure]:
    tests = [module.place(node) for module in package for node in module.nodes if _is_type_test(node)]
    many = []
    for module in package:
        for function in module.functions:
            count = sum(_is_type_test(node) for node in ast.walk(function))
            if count >= MANY_TYPE_TESTS:
                many.append(module.place(function, f"{function.name}: {count}"))
    yield _counted("functions with three or more type tests", many)
    yield _per_kloc("type tests per kloc", tests, package.lines)


def _is_type_test(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "issubclass")
    if isinstance(node, ast.Compare):
        return any(_is_type_of(one) for one in (node.left, *node.comparators))
    return isinstance(node, ast.MatchClass)


def _is_type_of(node: ast.expr) -> bool:
    """Whether this is type(x) or x.__class__."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "type" and len(node.args) == 1
    return isinstance(node, ast.Attribute) and node.attr == "__class__"


def _type_tables(package: Package) -> Iterator[Figure]:
    tables = []
    keys_of_tables = 0
    for module in package:
        for node in module.nodes:
            if isinstance(node, ast.Dict) and _outside_functions(module, node):
                keys = list(_keys(node))
                if len(keys) >= TABLE_KEYS and all(_is_class(module, key) for key in keys):
                    tables.append(module.place(node, f"{len(keys)} types"))
                    keys_of_tables += len(keys)
    yield _counted("type tables", tables)
    yield Figure("types in type tables", keys_of_tables)
    yield _counted("singledispatch registrations", _registrations(package))


def _keys(node: ast.Dict) -> Iterator[ast.expr]:
    """The keys of a dict literal, those of `**dict.fromkeys((A, B), ...)` included."""
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            yield key
        elif isinstance(value, ast.Dict):
            yield from _keys(value)
        elif isinstance(value, ast.Call) and _called(value) == "fromkeys":
            yield from value.args[0].elts if isinstance(value.args[0], ast.Tuple | ast.List) else ()


def _is_class(module: Module, node: ast.expr) -> bool:
    """Whether an expression is the name of a class: `Text`, `exp.Cast`, `int`, but no member of an enum."""
    origin = module.dotted(node)
    *bases, name = origin.split(".")
    if bases == ["builtins"]:
        return isinstance(getattr(builtins, name), type)
    if bases == ["datetime"]:
        return name in ("date", "datetime", "time", "timedelta")
    lower = bool(bases) and all(part[:1].islower() or part.startswith("_") for part in bases)
    return lower and re.fullmatch(r"_?[A-Z]\w*[a-z]\w*|[A-Z]", name) is not None


def _registrations(package: Package) -> Iterator[Place]:
    dispatchers = {
        function.name
        for module in package
        for function in module.functions
        for one in function.decorator_list
        if _called(one) in ("singledispatch", "singledispatchmethod")
    }
    for module in package:
        for node in module.nodes:
            name = _called(node.value) if isinstance(node, ast.Attribute) else ""
            if name in dispatchers and isinstance(node, ast.Attribute) and node.attr == "register":
                yield module.place(node, name)


# --- the graph of imports


@dataclass(frozen=True)
class _Edge:
    source: str
    target: str
    place: Place
    lazy: bool


def _cycles(package: Package) -> Iterator[Figure]:
    edges = [edge for module in package for edge in _edges(package, module)]
    top = [edge for edge in edges if not edge.lazy]
    yield _cycle_figure("import cycles, top level", package, top)
    yield _cycle_figure("import cycles, lazy imports included", package, edges)


def _cycle_figure(name: str, package: Package, edges: Sequence[_Edge]) -> Figure:
    graph: dict[str, set[str]] = {module: set() for module in package.modules}
    for edge in edges:
        graph[edge.source].add(edge.target)
    groups = [group for group in _components(graph) if len(group) > 1]
    places = [
        Place(edge.place.file, edge.place.line, f"cycle {number}: imports {edge.target}")
        for number, group in enumerate(groups, 1)
        for edge in edges
        if edge.source in group and edge.target in group
    ]
    return Figure(name, len(groups), tuple(places))


def _edges(package: Package, module: Module) -> Iterator[_Edge]:
    """What a module imports of the package, except for hints only."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            targets = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = module.imported(node)
            targets = [n if (n := f"{base}.{one.name}") in package.modules else base for one in node.names]
        else:
            continue
        above = list(_above(module, node))
        if any(isinstance(one, ast.If) and _called(one.test) == "TYPE_CHECKING" for one in above):
            continue
        lazy = any(isinstance(one, FUNCTIONS) for one in above)
        for target in sorted(set(targets)):
            if target in package.modules and target != module.name:
                yield _Edge(module.name, target, module.place(node), lazy)


def _components(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """The strongly connected components of a graph, by Kosaraju's two passes."""
    back: dict[str, set[str]] = {name: set() for name in graph}
    for name, targets in graph.items():
        for target in targets:
            back[target].add(name)
    order: list[str] = []
    _collect(graph, graph, set(), order)
    found: list[set[str]] = []
    seen: set[str] = set()
    for name in reversed(order):
        group: list[str] = []
        _collect(back, [name], seen, group)
        found.append(set(group))
    return found


def _collect(graph: Mapping[str, set[str]], starts: Iterable[str], seen: set[str], into: list[str]) -> None:
    """Append what can be reached and was not seen, each after all that it leads to."""
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        path = [(start, iter(sorted(graph[start])))]
        while path:
            name, targets = path[-1]
            following = next((one for one in targets if one not in seen), None)
            if following is None:
                into.append(name)
                path.pop()
            else:
                seen.add(following)
                path.append((following, iter(sorted(graph[following]))))


# --- sizes


def _functions(package: Package) -> Iterator[Figure]:
    sizes = [
        (_length(function), module.place(function, f"{function.name}: {_length(function)}"))
        for module in package
        for function in module.functions
    ]
    lengths = [length for length, _place in sizes]
    long = [place for length, place in sizes if length > LONG_FUNCTION]
    yield Figure("functions", len(lengths))
    yield from _spread("function length", lengths)
    share = _ratio(100 * len(long), len(lengths))
    yield Figure(f"functions over {LONG_FUNCTION} lines, %", share, tuple(long))


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _spread(name: str, values: Sequence[int]) -> Iterator[Figure]:
    ordered = sorted(values) or [0]
    yield Figure(f"{name}, median", statistics.median(ordered))
    yield Figure(f"{name}, p90", ordered[math.ceil(0.9 * len(ordered)) - 1])
    yield Figure(f"{name}, max", ordered[-1])


def _modules(package: Package) -> Iterator[Figure]:
    long = [module for module in package if len(module.lines) > LONG_MODULE]
    shares = {module: _data_share(module) for module in long}
    code = [m.place(m.tree, f"{len(m.lines)}") for m in long if shares[m] < DATA_SHARE]
    data = [m.place(m.tree, f"{len(m.lines)}") for m in long if shares[m] >= DATA_SHARE]
    yield _counted(f"modules over {LONG_MODULE} lines", code)
    yield _counted(f"data tables over {LONG_MODULE} lines", data)
    yield Figure("modules", len(package.modules))
    yield from _spread("module lines", [len(module.lines) for module in package])


def _data_share(module: Module) -> float:
    """How much of a module is tables, by lines not blank: assignments of literals at module level."""
    tables: set[int] = set()
    for node in module.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _is_data(node.value):
            tables.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    filled = {number for number, line in enumerate(module.lines, 1) if line.strip()}
    return _ratio(len(tables & filled), len(filled))


def _is_data(node: ast.AST) -> bool:
    """A literal, or a row that a call makes of literals and names, as in (Row("a", 1), Row("b", 2))."""
    if isinstance(node, ast.Lambda | ast.IfExp | ast.BoolOp | ast.Compare | ast.comprehension | ast.Await):
        return False
    return all(_is_data(child) for child in ast.iter_child_nodes(node))


def _lines(package: Package) -> Iterator[Figure]:
    by_folder: Counter[str] = Counter()
    comments: list[Place] = []
    for module in package:
        code, said = _tokens(module)
        by_folder[module.path.parts[0] if len(module.path.parts) > 1 else "the root"] += code
        comments += said
    yield Figure("lines", package.lines)
    yield Figure("code lines", by_folder.total())
    yield from (Figure(f"code lines in {folder}", by_folder[folder]) for folder in sorted(by_folder))
    share = _ratio(100 * len(comments), package.lines)
    yield Figure("comments per 100 lines", share, tuple(comments))


def _tokens(module: Module) -> tuple[int, list[Place]]:
    """How many lines hold code, and every comment."""
    quiet = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    code: set[int] = set()
    comments = []
    for token in tokenize.generate_tokens(io.StringIO(module.source).readline):
        if token.type == tokenize.COMMENT:
            comments.append(Place(str(module.path), token.start[0], token.string))
        elif token.type not in quiet:
            code.update(range(token.start[0], token.end[0] + 1))
    for node in module.docstrings:
        if isinstance(node, ast.Constant):
            code.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return sum(1 for number in code if module.lines[number - 1].strip()), comments


def _docstrings(package: Package) -> Iterator[Figure]:
    public = [(module, node) for module in package for node in _public(module.outer)]
    without = [module.place(node, node.name) for module, node in public if not ast.get_docstring(node)]
    share = _ratio(100 * (len(public) - len(without)), len(public))
    yield Figure("public functions and classes with a docstring, %", share, tuple(without))


def _public(body: Iterable[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    """The functions and classes without an underscore, and the methods of such classes."""
    for node in body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(_flat(node.body))


# --- the names of backends


def _backends(package: Package) -> Iterator[Figure]:
    kinds: dict[str, set[str]] = defaultdict(set)
    unread = []
    for name in FORMATS:
        kinds[name].add("format")
    for module in package.without(["testing"]):
        for function, kind in _hooks(module):
            try:
                for name in _registered(module, function):
                    kinds[name].add(kind)
            except ValueError as error:
                unread.append(module.place(function, str(error)))
    found = [place for module in package.without(OUTSIDE_NAMES) for place in _named(module, kinds)]
    yield _counted("rule, dialect, sink, executor or format names in the core", found)
    yield Figure("registered names", len(kinds))
    yield _counted("registration tables that cannot be read", unread)


def _hooks(module: Module) -> Iterator[tuple[Function, str]]:
    for function in module.functions:
        kind = HOOK.search(function.name)
        if kind and any(_called(one) == "hookimpl" for one in function.decorator_list):
            yield function, kind[1]


def _registered(module: Module, function: Function) -> Iterator[str]:
    """The names that a hook returns. Raises ValueError for code that is more than a table."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from _strings(module, node.value)


def _strings(module: Module, node: ast.AST) -> Iterator[str]:
    """The keys of a table, or the items of a list: literals, and constants of the module made of them."""
    if text := _text(node):
        yield text
        return
    for part in _inner(module, node):
        yield from _strings(module, part)


def _inner(module: Module, node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Dict():
            return [value if key is None else key for key, value in zip(node.keys, node.values, strict=True)]
        case ast.Tuple() | ast.List() | ast.Set():
            return node.elts
        case ast.BinOp(op=ast.BitOr()):
            return [node.left, node.right]
        case ast.DictComp():
            return [node.generators[0].iter]
        case ast.Call() if _called(node) in ("fromkeys", "dict", "MappingProxyType", "frozenset", "tuple"):
            return node.args[:1]
        case ast.Name():
            return [_constant(module, node.id)]
    raise ValueError(f"{type(node).__name__} in a registration table")


def _constant(module: Module, name: str) -> ast.expr:
    for node in module.outer:
        if isinstance(node, ast.Assign | ast.AnnAssign) and name in _defined(node) and node.value is not None:
            return node.value
    raise ValueError(f"{name} in a registration table")


def _named(module: Module, kinds: Mapping[str, set[str]]) -> Iterator[Place]:
    """Every string that is the name of a backend, and no docstring nor a word of ALLOWED."""
    for node in module.nodes:
        text = "" if node in module.docstrings else _text(node)
        for word in _words(module, node, text):
            around = {mark for one in _above(module, node) for mark in _marks(one)}
            if word in kinds and not any((word, mark) in ALLOWED for mark in around):
                yield module.place(node, f"{word} ({', '.join(sorted(kinds[word]))})")


def _words(module: Module, node: ast.AST, text: str) -> list[str]:
    """A string itself, or its words where it is split on the spot."""
    parent = module.parents.get(node)
    if isinstance(parent, ast.Attribute) and parent.attr == "split":
        return text.split()
    return [text] if text else []


def _marks(node: ast.AST) -> Iterator[str]:
    """What ALLOWED may say of the code around a word."""
    if isinstance(node, ast.Call):
        yield f"{_called(node)}()"
    elif isinstance(node, ast.ClassDef):
        yield f"class {node.name}"
    yield from (target.id for target in _targets(node) if isinstance(target, ast.Name))


# --- all of it

MEASURES: tuple[Callable[[Package], Iterator[Figure]], ...] = (
    _files,
    _classes,
    _hints,
    _asking,
    _type_tests,
    _type_tables,
    _cycles,
    _functions,
    _modules,
    _lines,
    _docstrings,
    _backends,
)


def measure(package: Path) -> House:
    """Measure a package, given its folder. Raises SyntaxError for a file that is no Python."""
    modules = read(package)
    return House(tuple(figure for each in MEASURES for figure in each(modules)))


def _shown(house: House, listed: Sequence[str]) -> Iterator[str]:
    width = max(len(one.name) for one in house.figures)
    yield from (f"{one.name:<{width}}  {one.value:g}" for one in house.figures)
    for name in listed:
        yield f"\n{name}: {house[name]:g}"
        yield from (f"  {place}" for place in house.places(name))


def _as_json(house: House, listed: Sequence[str]) -> str:
    places = {name: [str(place) for place in house.places(name)] for name in listed}
    return json.dumps(house.values() | ({"places": places} if places else {}), indent=1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; returns the exit code."""
    default = Path(__file__).resolve().parent.parent / "src" / "dw_simulator"
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("package", nargs="?", type=Path, default=default, help="the package's folder")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--list", action="append", default=[], metavar="MEASURE", help="show the places, too")
    asked = parser.parse_args(arguments)
    if not asked.package.is_dir():
        parser.error(f"{asked.package} is no folder")
    house = measure(asked.package)
    listed = [one.name for one in house.figures if one.places] if "all" in asked.list else asked.list
    if unknown := [name for name in listed if name not in house.values()]:
        parser.error(f"no measure {unknown[0]!r}; the measures are those of the list without --list")
    text = _as_json(house, listed) if asked.json else "\n".join(_shown(house, listed))
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Every way in which tables of a warehouse relate, each as a small schema that grows with n."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support import column, reference, table

Json = dict[str, Any]
Tables = Callable[[int], list[Json]]
SIZES = (1, 7, 300, 4000)
FEW = (1, 7, 300)
MANY = 300
"""From this many parents on, shares are near enough to what was asked to be checked."""


@dataclass(frozen=True)
class Pattern:
    """A schema for every size n, and queries for rows that must not be there."""

    tables: Tables
    checks: tuple[str, ...] = ()
    sizes: tuple[int, ...] = SIZES


PATTERNS: dict[str, Pattern] = {}


def pattern(*checks: str, sizes: tuple[int, ...] = SIZES) -> Callable[[Tables], Tables]:
    """Keep a function as the pattern of its name."""

    def keep(tables: Tables) -> Tables:
        PATTERNS[tables.__name__] = Pattern(tables, checks, sizes)
        return tables

    return keep


def several(group: int, groups: int) -> list[Json]:
    """The tables of a share of the patterns in one schema, each under a name that tells of its pattern."""
    chosen = enumerate(sorted(PATTERNS)[group::groups])
    return [table for k, name in chosen for table in _named(f"p{k}", PATTERNS[name].tables(7))]


def _named(prefix: str, part: Any) -> Any:
    if isinstance(part, dict):
        renamed = {key: _named(prefix, value) for key, value in part.items()}
        name = "references_table" if "references_table" in part else "name" if "columns" in part else None
        return renamed if name is None else {**renamed, name: f"{prefix}_{part[name]}"}
    return [_named(prefix, each) for each in part] if isinstance(part, list) else part


def ints(*names: str) -> list[Json]:
    return [column(name, "INT") for name in names]


def entity(name: str, rows: int, *columns: Json, **fields: Any) -> Json:
    """A table with a primary key `id`."""
    return table(name, rows, *ints("id"), *columns, **{"primary_key": ["id"], **fields})


def to(name: str, target: str, **fields: Any) -> Json:
    """An INT column that references "table.column"."""
    return column(name, "INT", **reference(target, **fields))


def unique(name: str, target: str, **fields: Any) -> Json:
    """The same, each parent at most once."""
    return {**to(name, target, **fields), "is_unique": True}


def link(own: str, target: str, **fields: Any) -> Json:
    """An entry of "foreign_keys": "a, b" references "table(x, y)"."""
    parent, _, theirs = target.rstrip(")").partition("(")
    return {
        "columns": own.split(", "),
        "references_table": parent,
        "references_columns": theirs.split(", "),
        **fields,
    }


def uncounted(made: Json) -> Json:
    """The table without target_rows: `children` of a reference says how many it has."""
    return {name: value for name, value in made.items() if name != "target_rows"}


def counts(parents: str, children: str, own: str) -> str:
    """A query for (id, children) of every parent, those without children included."""
    return f"""SELECT p.id, count(c.{own}) AS children FROM {parents} p LEFT JOIN {children} c
        ON c.{own} = p.id GROUP BY p.id"""


# --- plain references


@pattern()
def plain_reference(n: int) -> list[Json]:
    return [entity("a", n), entity("b", 3 * n, to("a_id", "a.id"))]


@pattern()
def nullable_reference(n: int) -> list[Json]:
    return [entity("a", n), entity("b", 3 * n, to("a_id", "a.id", nullable=True))]


@pattern()
def half_of_the_references_null(n: int) -> list[Json]:
    optional = link("a_id", "a(id)", nullable=True, null_fraction=0.5)
    return [entity("a", n), entity("b", 4 * n, *ints("a_id"), foreign_keys=[optional])]


@pattern()
def two_references_to_one_parent(n: int) -> list[Json]:
    billing, shipping = to("billing_id", "addresses.id"), to("shipping_id", "addresses.id", nullable=True)
    return [entity("addresses", n), entity("orders", 2 * n, billing, shipping)]


@pattern()
def parent_declared_after_child(n: int) -> list[Json]:
    return [entity("b", 3 * n, to("a_id", "a.id")), entity("a", n)]


def _reference_to_key(n: int, data_type: str, **bounds: Any) -> list[Json]:
    key = column("code", data_type, is_unique=True, **bounds)
    return [entity("a", n, key), entity("b", 3 * n, column("a_code", data_type, **reference("a.code")))]


@pattern()
def reference_to_text_key(n: int) -> list[Json]:
    return _reference_to_key(n, "VARCHAR(12)")


@pattern(sizes=(1, 7, 200))
def reference_to_short_text_key(n: int) -> list[Json]:
    return _reference_to_key(n, "CHAR(2)")


@pattern()
def reference_to_uuid_key(n: int) -> list[Json]:
    return _reference_to_key(n, "UUID")


@pattern()
def reference_to_date_key(n: int) -> list[Json]:
    return _reference_to_key(n, "DATE", date_start="1990-01-01", date_end="2029-12-31")


@pattern()
def reference_to_decimal_key(n: int) -> list[Json]:
    return _reference_to_key(n, "DECIMAL(10,2)")


@pattern()
def key_with_nulls(n: int) -> list[Json]:
    return [entity("a", n, column("code", "VARCHAR(12)", is_unique=True, required=False, null_fraction=0.4))]


@pattern()
def reference_to_key_with_nulls(n: int) -> list[Json]:
    code = column("code", "BIGINT", is_unique=True, required=False, null_fraction=0.4)
    own = column("a_code", "BIGINT", **reference("a.code", nullable=True))
    return [entity("a", n, code), entity("b", 3 * n, own)]


# --- keys of several columns


def _small(name: str, most: int) -> Json:
    return column(name, "INT", min_value=1, max_value=most)


@pattern()
def composite_key_of_ranges(n: int) -> list[Json]:
    return [table("a", n, _small("x", 80), _small("y", 80), primary_key=["x", "y"])]


@pattern(sizes=(1, 36))
def composite_key_that_is_full(n: int) -> list[Json]:
    return [table("a", n, _small("x", 6), _small("y", 6), primary_key=["x", "y"])]


@pattern()
def composite_key_of_text_and_date(n: int) -> list[Json]:
    day = column("day", "DATE", date_start="2024-01-01", date_end="2024-12-31")
    return [table("a", n, column("code", "VARCHAR(8)"), day, primary_key=["code", "day"])]


@pattern()
def composite_key_of_three(n: int) -> list[Json]:
    columns = column("region", "CHAR(2)"), column("shelf", "SMALLINT"), column("day", "DATE")
    return [table("a", n, *columns, primary_key=["region", "shelf", "day"])]


@pattern()
def unique_beside_primary_key(n: int) -> list[Json]:
    return [entity("a", n, column("email", "VARCHAR(60)", is_unique=True))]


@pattern()
def nested_unique(n: int) -> list[Json]:
    return [entity("a", n, *ints("x", "y", "z"), unique=[["x"], ["x", "y"], ["x", "y", "z"]])]


def _three(n: int, *keys: str) -> list[Json]:
    return [entity("t", n, *(_small(name, 200) for name in "abc"), unique=[list(key) for key in keys])]


@pattern()
def overlapping_unique(n: int) -> list[Json]:
    return _three(n, "ab", "bc")


@pattern()
def triangle_of_unique(n: int) -> list[Json]:
    return _three(n, "ab", "bc", "ac")


def _grid(n: int) -> Json:
    return table("a", n, *ints("x", "y"), primary_key=["x", "y"])


@pattern()
def composite_reference(n: int) -> list[Json]:
    return [_grid(n), entity("b", 3 * n, *ints("ax", "ay"), foreign_keys=[link("ax, ay", "a(x, y)")])]


@pattern()
def composite_reference_in_another_order(n: int) -> list[Json]:
    return [_grid(n), entity("b", 3 * n, *ints("ax", "ay"), foreign_keys=[link("ay, ax", "a(y, x)")])]


@pattern()
def nullable_composite_reference(n: int) -> list[Json]:
    optional = link("ax, ay", "a(x, y)", nullable=True, null_fraction=0.3)
    return [_grid(n), entity("b", 3 * n, *ints("ax", "ay"), foreign_keys=[optional])]


# --- chains


@pattern(
    "SELECT * FROM order_lines l JOIN orders o ON l.order_id = o.id WHERE l.customer_id <> o.customer_id"
)
def chain_that_shares_a_column(n: int) -> list[Json]:
    return [
        entity("customers", n),
        entity("orders", 3 * n, to("customer_id", "customers.id"), unique=[["id", "customer_id"]]),
        table(
            "order_lines",
            9 * n,
            *ints("order_id"),
            column("line_no", "SMALLINT"),
            to("customer_id", "customers.id"),
            primary_key=["order_id", "line_no"],
            foreign_keys=[link("order_id, customer_id", "orders(id, customer_id)")],
        ),
    ]


@pattern(
    """SELECT * FROM readings r JOIN sensors s ON r.sensor_id = s.id JOIN rooms o ON s.room_id = o.id
    WHERE (r.room_id, r.house_id) IS DISTINCT FROM (s.room_id, o.house_id)"""
)
def chain_that_shares_two_columns(n: int) -> list[Json]:
    in_room = link("room_id, house_id", "rooms(id, house_id)")
    in_sensor = link("sensor_id, room_id, house_id", "sensors(id, room_id, house_id)")
    ids = ints("room_id", "house_id")
    return [
        entity("houses", n),
        entity("rooms", 2 * n, to("house_id", "houses.id"), unique=[["id", "house_id"]]),
        entity("sensors", 4 * n, *ids, unique=[["id", "room_id", "house_id"]], foreign_keys=[in_room]),
        entity("readings", 9 * n, *ints("sensor_id"), *ids, foreign_keys=[in_sensor]),
    ]


@pattern()
def subtypes_of_subtypes(n: int) -> list[Json]:
    def subtype(name: str, rows: int, parent: str) -> Json:
        return table(name, rows, to("id", f"{parent}.id"), primary_key=["id"])

    return [
        entity("parties", n),
        subtype("persons", n, "parties"),
        subtype("employees", (n + 1) // 2, "persons"),
        subtype("managers", (n + 3) // 4, "employees"),
    ]


# --- a table and itself


def _tree(n: int, **fields: Any) -> list[Json]:
    return [entity("t", n, to("parent_id", "t.id", **fields))]


LEVELS = """WITH RECURSIVE levels AS (
    SELECT id, 1 AS depth FROM t WHERE parent_id IS NULL
    UNION ALL SELECT t.id, depth + 1 FROM t JOIN levels ON t.parent_id = levels.id)"""
UNREACHED = f"{LEVELS} SELECT * FROM t WHERE id NOT IN (SELECT id FROM levels)"


@pattern(UNREACHED)
def tree(n: int) -> list[Json]:
    return _tree(n, nullable=True)


@pattern(
    UNREACHED,
    "SELECT roots FROM (SELECT count(*) AS roots FROM t WHERE parent_id IS NULL) "
    "WHERE roots <> greatest(1, (SELECT count(*) FROM t) // 10)",
)
def tree_with_roots(n: int) -> list[Json]:
    return _tree(n, nullable=True, tree={"roots": max(1, n // 10)})


@pattern(
    UNREACHED,
    "SELECT parent_id FROM t WHERE parent_id IS NOT NULL GROUP BY parent_id HAVING count(*) > 3",
    "SELECT count(DISTINCT parent_id) AS parents FROM t HAVING parents <> ceil(count(parent_id) / 3)",
)
def tree_with_branching(n: int) -> list[Json]:
    return _tree(n, nullable=True, tree={"branching": 3})


@pattern(UNREACHED, f"{LEVELS} SELECT * FROM levels WHERE depth > 4")
def tree_with_depth(n: int) -> list[Json]:
    return _tree(n, nullable=True, tree={"depth": 4})


@pattern(
    UNREACHED,
    "SELECT roots FROM (SELECT count(*) AS roots FROM t WHERE parent_id IS NULL) WHERE roots <> 1",
    f"{LEVELS} SELECT max(depth) FROM levels HAVING max(depth) > 2",
)
def tree_of_one_root_and_its_children(n: int) -> list[Json]:
    return _tree(n, nullable=True, tree={"roots": 1, "depth": 2})


@pattern()
def required_self_reference(n: int) -> list[Json]:
    return _tree(n)


@pattern()
def free_graph(n: int) -> list[Json]:
    return _tree(n, nullable=True, tree=False)


@pattern()
def free_graph_required(n: int) -> list[Json]:
    return _tree(n, tree=False)


@pattern()
def linked_list(n: int) -> list[Json]:
    return [entity("t", n, unique("previous_id", "t.id", nullable=True))]


@pattern()
def permutation(n: int) -> list[Json]:
    """Every row references one row and is referenced by one."""
    return [entity("t", n, unique("next_id", "t.id", tree=False))]


@pattern()
def join_table_of_a_table_with_itself(n: int) -> list[Json]:
    both = to("follower_id", "users.id"), to("followee_id", "users.id")
    return [
        entity("users", n),
        table("follows", min(n * n, 4 * n), *both, primary_key=["follower_id", "followee_id"]),
    ]


# --- cycles


@pattern()
def cycle_with_one_nullable(n: int) -> list[Json]:
    return [
        entity("departments", n, to("manager_id", "employees.id", nullable=True)),
        entity("employees", 4 * n, to("department_id", "departments.id")),
    ]


@pattern()
def cycle_of_required(n: int) -> list[Json]:
    return [entity("a", n, to("b_id", "b.id")), entity("b", 2 * n, to("a_id", "a.id"))]


def _cycle_of_three(n: int, **last: Any) -> list[Json]:
    return [
        entity("a", n, to("c_id", "c.id", **last)),
        entity("b", 2 * n, to("a_id", "a.id")),
        entity("c", 3 * n, to("b_id", "b.id")),
    ]


@pattern()
def cycle_of_three_with_one_nullable(n: int) -> list[Json]:
    return _cycle_of_three(n, nullable=True)


@pattern()
def cycle_of_three_required(n: int) -> list[Json]:
    return _cycle_of_three(n)


@pattern()
def cycle_beside_a_tree(n: int) -> list[Json]:
    return [
        entity("departments", n, to("head_id", "employees.id", nullable=True)),
        entity(
            "employees",
            4 * n,
            to("department_id", "departments.id", nullable=True),
            to("boss_id", "employees.id", nullable=True),
        ),
    ]


# --- one to one


@pattern()
def one_to_one(n: int) -> list[Json]:
    return [entity("a", n), entity("b", n, unique("a_id", "a.id"))]


@pattern()
def one_to_one_by_primary_key(n: int) -> list[Json]:
    return [entity("a", n), table("b", n, to("id", "a.id"), primary_key=["id"])]


@pattern()
def one_to_one_for_some(n: int) -> list[Json]:
    return [entity("a", n), entity("b", (n + 1) // 2, unique("a_id", "a.id"))]


@pattern()
def optional_one_to_one_with_more_children(n: int) -> list[Json]:
    return [entity("a", n), entity("b", 2 * n, unique("a_id", "a.id", nullable=True))]


# --- many to many


@pattern()
def join_table(n: int) -> list[Json]:
    courses = n // 10 + 1
    both = to("student_id", "students.id"), to("course_id", "courses.id")
    return [
        entity("students", n),
        entity("courses", courses),
        table("enrolments", min(3 * n, n * courses), *both, primary_key=["student_id", "course_id"]),
    ]


@pattern(f"SELECT * FROM ({counts('students', 'enrolments', 'student_id')}) WHERE children <> 4")
def join_table_of_fixed_counts(n: int) -> list[Json]:
    both = to("student_id", "students.id", children=4), to("course_id", "courses.id")
    enrolments = table("enrolments", 0, *both, primary_key=["student_id", "course_id"])
    return [entity("students", n), entity("courses", n // 10 + 4), uncounted(enrolments)]


@pattern()
def join_table_with_own_key(n: int) -> list[Json]:
    both = to("order_id", "orders.id"), to("product_id", "products.id")
    products = n // 10 + 3
    lines = entity("order_lines", 3 * n, *both, unique=[["order_id", "product_id"]])
    return [entity("orders", n), entity("products", products), lines]


@pattern()
def join_table_of_three(n: int) -> list[Json]:
    names = "supplier_id", "part_id", "project_id"
    columns = [to(name, f"{name.removesuffix('_id')}s.id") for name in names]
    return [
        entity("suppliers", n // 10 + 1),
        entity("parts", n),
        entity("projects", n // 5 + 1),
        table("deliveries", min(3 * n, n * (n // 10 + 1) * (n // 5 + 1)), *columns, primary_key=names),
    ]


# --- how many children


def _order_lines(n: int, rows: int, **fields: Any) -> list[Json]:
    columns = to("order_id", "orders.id", **fields), column("line_no", "SMALLINT")
    return [
        entity("orders", n),
        table("order_lines", rows, *columns, primary_key=["order_id", "line_no"]),
    ]


@pattern()
def order_lines(n: int) -> list[Json]:
    return _order_lines(n, 3 * n)


@pattern()
def order_lines_within_bounds(n: int) -> list[Json]:
    return _order_lines(n, 4 * n, children={"min": 1, "max": 7})


@pattern()
def order_lines_at_the_least(n: int) -> list[Json]:
    return _order_lines(n, n, children={"min": 1, "max": 7})


@pattern()
def order_lines_at_the_most(n: int) -> list[Json]:
    return _order_lines(n, 7 * n, children={"min": 1, "max": 7})


POISSON = {"distribution": {"type": "poisson", "parameters": {"lambda": 3}}, "min": 1}


@pattern()
def order_lines_by_distribution(n: int) -> list[Json]:
    return _order_lines(n, 3 * n, children=POISSON)


@pattern()
def order_lines_counted_by_distribution(n: int) -> list[Json]:
    orders, lines = _order_lines(n, 0, children=POISSON)
    return [orders, uncounted(lines)]


@pattern()
def composite_reference_within_bounds(n: int) -> list[Json]:
    bounded = link("ax, ay", "a(x, y)", children={"min": 1, "max": 4})
    return [_grid(n), entity("b", 3 * n, *ints("ax", "ay"), foreign_keys=[bounded])]


@pattern()
def grandchildren_of_order_lines(n: int) -> list[Json]:
    return [
        *_order_lines(n, 3 * n),
        entity(
            "shipments",
            4 * n,
            *ints("order_id"),
            column("line_no", "SMALLINT"),
            foreign_keys=[link("order_id, line_no", "order_lines(order_id, line_no)")],
        ),
    ]


def _parents(n: int, **fields: Any) -> list[Json]:
    return [entity("a", n), entity("b", 10 * n, to("a_id", "a.id", **fields))]


BY_ROW = f"""SELECT children, r, (SELECT count(*) FROM a) AS parents
    FROM ({counts("a", "b", "a_id")}) JOIN (SELECT id, row_number() OVER () AS r FROM a) USING (id)"""


@pattern(
    f"""SELECT max(children) AS most FROM ({BY_ROW}) WHERE parents >= {MANY}
    HAVING most < 0.1 * (SELECT count(*) FROM b)"""
)
def zipf(n: int) -> list[Json]:
    return _parents(n, skew={"zipf": 1.1})


@pattern(
    f"""SELECT arg_max(r, children) AS hottest FROM ({BY_ROW}) WHERE parents >= {MANY}
    HAVING hottest <> 1"""
)
def zipf_with_the_hot_first(n: int) -> list[Json]:
    return _parents(n, skew={"zipf": 1.1, "hot": "first"})


@pattern(
    f"""SELECT sum(children) / (SELECT count(*) FROM b) AS share FROM
    (SELECT * FROM ({BY_ROW}) WHERE parents >= {MANY}
    ORDER BY children DESC LIMIT (SELECT count(*) // 5 FROM a))
    HAVING share NOT BETWEEN 0.75 AND 0.88"""
)
def most_children_to_few(n: int) -> list[Json]:
    return _parents(n, skew={"share": 0.8, "of": 0.2})


@pattern(
    f"""SELECT avg((children = 0)::INT) AS share FROM ({BY_ROW}) WHERE parents >= {MANY}
    HAVING share NOT BETWEEN 0.2 AND 0.4"""
)
def childless(n: int) -> list[Json]:
    return _parents(n, childless=0.3)


# --- tenants


def _tenants(n: int) -> int:
    return n // 20 + 1


def _in_tenant(name: str, rows: int, key: str, *columns: Json, **fields: Any) -> Json:
    own = {"primary_key": ["tenant_id", key], **fields}
    return table(name, rows, to("tenant_id", "tenants.id"), *ints(key), *columns, **own)


CUSTOMER = link("tenant_id, customer_no", "customers(tenant_id, no)")
PRODUCT = link("tenant_id, product_no", "products(tenant_id, no)")


@pattern()
def tenants(n: int) -> list[Json]:
    return [
        entity("tenants", _tenants(n)),
        _in_tenant("customers", n, "no"),
        _in_tenant("products", n, "no"),
        _in_tenant("orders", 3 * n, "order_no", *ints("customer_no"), foreign_keys=[CUSTOMER]),
        table(
            "order_lines",
            6 * n,
            *ints("tenant_id", "order_no"),
            column("line_no", "SMALLINT"),
            *ints("product_no"),
            primary_key=["tenant_id", "order_no", "line_no"],
            foreign_keys=[link("tenant_id, order_no", "orders(tenant_id, order_no)"), PRODUCT],
        ),
    ]


@pattern()
def tenants_with_a_customer_each(n: int) -> list[Json]:
    tenant = to("tenant_id", "tenants.id", children={"min": 1})
    customers = table("customers", n, tenant, *ints("no"), primary_key=["tenant_id", "no"])
    orders = _in_tenant("orders", 3 * n, "order_no", *ints("customer_no"), foreign_keys=[CUSTOMER])
    return [entity("tenants", _tenants(n)), customers, orders]


@pattern(
    "SELECT * FROM orders o JOIN customers c ON o.customer_id = c.id WHERE o.tenant_id <> c.tenant_id",
    "SELECT * FROM orders o JOIN products p ON o.product_id = p.id WHERE o.tenant_id <> p.tenant_id",
)
def tenants_with_surrogate_keys(n: int) -> list[Json]:
    tenant = to("tenant_id", "tenants.id")
    links = [
        link("tenant_id, customer_id", "customers(tenant_id, id)"),
        link("tenant_id, product_id", "products(tenant_id, id)"),
    ]
    return [
        entity("tenants", _tenants(n)),
        entity("customers", n, tenant, unique=[["tenant_id", "id"]]),
        entity("products", n, tenant, unique=[["tenant_id", "id"]]),
        entity("orders", 3 * n, *ints("tenant_id", "customer_id", "product_id"), foreign_keys=links),
    ]


@pattern()
def join_table_within_tenants(n: int) -> list[Json]:
    return [
        entity("tenants", _tenants(n)),
        _in_tenant("customers", n, "no"),
        _in_tenant("products", n, "no"),
        table(
            "wishes",
            n,
            *ints("tenant_id", "customer_no", "product_no"),
            primary_key=["tenant_id", "customer_no", "product_no"],
            foreign_keys=[CUSTOMER, PRODUCT],
        ),
    ]


@pattern()
def managers_within_tenants(n: int) -> list[Json]:
    manager = link("tenant_id, manager_no", "employees(tenant_id, emp_no)", nullable=True)
    return [
        entity("tenants", _tenants(n)),
        _in_tenant("employees", n, "emp_no", *ints("manager_no"), foreign_keys=[manager]),
    ]


@pattern()
def tables_within_tenants_that_lead_to_each_other(n: int) -> list[Json]:
    """Users have a team, teams an owner, and neither leads out of the tenant."""
    team = link("tenant_id, team_no", "teams(tenant_id, no)")
    owner = link("tenant_id, owner_no", "users(tenant_id, no)", nullable=True)
    return [
        entity("tenants", _tenants(n)),
        _in_tenant("users", 3 * n, "no", *ints("team_no"), foreign_keys=[team]),
        _in_tenant("teams", n, "no", *ints("owner_no"), foreign_keys=[owner]),
    ]


@pattern(sizes=(7, 300))
def every_table_within_tenants_references_every_other(n: int) -> list[Json]:
    names = "abcde"
    made = [entity("tenants", _tenants(n))]
    for k, name in enumerate(names):
        links = [
            link(f"tenant_id, {other}_no", f"{other}(tenant_id, no)", nullable=names.index(other) >= k)
            for other in names
        ]
        own = [f"{other}_no" for other in names]
        made.append(_in_tenant(name, n * (k + 1), "no", *ints(*own), foreign_keys=links))
    return made


@pattern()
def nullable_follower(n: int) -> list[Json]:
    """The tenant is always there, the product not always."""
    optional = {**PRODUCT, "nullable": True, "null_fraction": 0.4}
    tenant = to("tenant_id", "tenants.id")
    visits = entity("visits", 3 * n, tenant, *ints("product_no"), foreign_keys=[optional])
    return [entity("tenants", _tenants(n)), _in_tenant("products", n, "no"), visits]


@pattern("SELECT * FROM d JOIN b ON d.b_id = b.id JOIN c ON d.c_id = c.id WHERE b.a_id <> c.a_id")
def diamond(n: int) -> list[Json]:
    sides = [entity(name, 2 * n, to("a_id", "a.id"), unique=[["id", "a_id"]]) for name in ("b", "c")]
    links = [link("b_id, a_id", "b(id, a_id)"), link("c_id, a_id", "c(id, a_id)")]
    bottom = entity("d", 3 * n, *ints("b_id", "c_id", "a_id"), foreign_keys=links)
    return [entity("a", n), *sides, bottom]


GLUED = "SELECT 1 FROM {0} HAVING count(*) > 500 AND count(*) FILTER ({1} = {2}) * 2 > count(*)"
"""Two references that ought to pick for themselves, and pick the same."""


@pattern(GLUED.format("handovers", "from_no", "to_no"))
def two_references_within_one_group(n: int) -> list[Json]:
    ends = [link(f"tower_id, {end}_no", "cells(tower_id, no)") for end in ("from", "to")]
    cells = table("cells", 9 * n, to("tower_id", "towers.id"), *ints("no"), primary_key=["tower_id", "no"])
    handovers = entity("handovers", 5 * n, *ints("tower_id", "from_no", "to_no"), foreign_keys=ends)
    return [entity("towers", n), cells, handovers]


@pattern(GLUED.format("routes", "origin", "goal"))
def two_references_that_share_a_plain_column(n: int) -> list[Json]:
    name = column("name", "VARCHAR(12)")
    cities = table("cities", 9 * n, column("country", "CHAR(2)"), name, primary_key=["country", "name"])
    ends = [link(f"country, {end}", "cities(country, name)") for end in ("origin", "goal")]
    texts = [column(end, "VARCHAR(12)") for end in ("origin", "goal")]
    return [cities, entity("routes", 5 * n, column("country", "CHAR(2)"), *texts, foreign_keys=ends)]


NEVER_APART = "SELECT 1 FROM {0} HAVING count(*) > 500 AND count(*) FILTER ({1} <> {2}) = 0"


def _of_a_tenant(name: str, rows: int, **fields: Any) -> Json:
    """Rows numbered within a tenant, of whom there is no table."""
    return table(name, rows, *ints("tenant", "no"), **{"primary_key": ["tenant", "no"], **fields})


@pattern(
    "SELECT 1 FROM baskets HAVING count(*) > 500 AND count(DISTINCT tenant) < 5",
    "SELECT 1 FROM baskets HAVING count(*) > 500 AND count(DISTINCT (tenant, product)) * 9 < count(*)",
    sizes=FEW,
)
def tenants_of_whom_there_is_no_table(n: int) -> list[Json]:
    links = [
        link("tenant, customer", "customers(tenant, no)"),
        link("tenant, product", "products(tenant, no)"),
    ]
    baskets = table(
        "baskets", 5 * n, *ints("tenant", "basket", "customer", "product"), foreign_keys=links
    ) | {"primary_key": ["tenant", "basket"]}
    return [_of_a_tenant("customers", 2 * n), _of_a_tenant("products", n + 1), baskets]


@pattern(
    "SELECT 1 FROM orders HAVING count(*) > 500 AND count(DISTINCT (tenant, product)) * 9 < count(*)",
    sizes=FEW,
)
def a_tenants_table_that_nobody_references(n: int) -> list[Json]:
    links = [link("tenant", "tenants(id)"), link("tenant, product", "products(tenant, no)")]
    orders = entity("orders", 3 * n, *ints("tenant", "product"), foreign_keys=links)
    return [entity("tenants", n), _of_a_tenant("products", 4 * n), orders]


@pattern(NEVER_APART.format("staff", "no", "boss"), sizes=FEW)
def bosses_within_a_tenant_and_a_plain_department(n: int) -> list[Json]:
    boss = link("tenant, department, boss", "staff(tenant, department, no)", nullable=True)
    columns = [to("tenant", "tenants.id"), column("department", "CHAR(2)"), *ints("no", "boss")]
    staff = table("staff", 9 * n, *columns, foreign_keys=[boss])
    return [entity("tenants", _tenants(n)), staff | {"primary_key": ["tenant", "department", "no"]}]


@pattern(
    NEVER_APART.format("transfers", "giver", "taker"), GLUED.format("transfers", "giver", "taker"), sizes=FEW
)
def transfers_within_a_bank_and_a_plain_currency(n: int) -> list[Json]:
    currency = column("currency", "CHAR(3)", rule={"name": "choice", "values": ["EUR", "USD", "GBP"]})
    accounts = table("accounts", 30 * n, to("bank", "banks.id"), currency, *ints("no"))
    accounts["primary_key"] = ["bank", "currency", "no"]
    ends = [link(f"bank, currency, {end}", "accounts(bank, currency, no)") for end in ("giver", "taker")]
    columns = [*ints("bank"), column("currency", "CHAR(3)"), *ints("giver", "taker")]
    return [entity("banks", n), accounts, entity("transfers", 9 * n, *columns, foreign_keys=ends)]


def _skewed_within_tenants(n: int, **way: Any) -> list[Json]:
    links = [
        link("tenant_id, customer_no", "customers(tenant_id, no)"),
        link("tenant_id, product_no", "products(tenant_id, no)", **way),
    ]
    sales = entity("sales", 60 * n, *ints("tenant_id", "customer_no", "product_no"), foreign_keys=links)
    sides = [_in_tenant(name, 20 * n, "no") for name in ("customers", "products")]
    return [entity("tenants", n), *sides, sales]


def _share_of_the_best(most: float, least: float) -> str:
    """A query that finds something where the best fifth of a tenant's products sells less, or more."""
    return f"""WITH sold AS (SELECT p.tenant_id, p.no, count(s.id) AS times FROM products p LEFT JOIN sales s
        ON s.tenant_id = p.tenant_id AND s.product_no = p.no GROUP BY ALL),
        ranked AS (SELECT *, percent_rank() OVER (PARTITION BY tenant_id ORDER BY times DESC) AS place
            FROM sold)
        SELECT sum(times) FILTER (place < 0.2) / sum(times) AS share FROM ranked
        HAVING count(*) > 5000 AND NOT share BETWEEN {least} AND {most}"""


@pattern(_share_of_the_best(0.95, 0.75), sizes=(1, 7, 300))
def most_sales_of_few_products_of_a_tenant(n: int) -> list[Json]:
    return _skewed_within_tenants(n, skew={"share": 0.8, "of": 0.2})


@pattern(_share_of_the_best(0.9, 0.5), sizes=(1, 7, 300))
def zipf_within_tenants(n: int) -> list[Json]:
    return _skewed_within_tenants(n, skew={"zipf": 1.1, "hot": "first"})


@pattern(
    "SELECT 1 FROM sales HAVING count(*) > 5000 AND count(DISTINCT (tenant_id, product_no)) > 4500",
    sizes=(1, 7, 300),
)
def products_of_a_tenant_that_nobody_buys(n: int) -> list[Json]:
    return _skewed_within_tenants(n, childless=0.4)


@pattern(sizes=(3, 7, 40))
def three_keys_of_two_out_of_three(n: int) -> list[Json]:
    """All there is room for: n x (n + 1) rows, whose numbers go up to n + 2."""
    number = column("no", "INT", min_value=1, max_value=n + 2)
    keys = [["p_id", "no"], ["q_id", "no"], ["p_id", "q_id"]]
    rows = table("c", n * (n + 1), to("p_id", "p.id"), to("q_id", "q.id"), number, unique=keys)
    return [entity("p", n), entity("q", n + 1), rows]


@pattern("SELECT 1 FROM c HAVING count(code) <> 30 AND count(*) > 30", sizes=FEW)
def unique_values_fewer_than_rows(n: int) -> list[Json]:
    code = column("code", "INT", required=False, is_unique=True, min_value=1, max_value=30)
    return [entity("c", 31 * n, code)]


@pattern("SELECT * FROM friends WHERE person = friend", sizes=(1, 7, 60))
def a_join_table_without_its_diagonal(n: int) -> list[Json]:
    people = n + 1
    friends = table(
        "friends", people * n, to("person", "people.id"), to("friend", "people.id", distinct=True)
    )
    return [entity("people", people), friends | {"primary_key": ["person", "friend"]}]


@pattern("SELECT * FROM transfers WHERE giver = taker", sizes=FEW)
def transfers_between_two_accounts(n: int) -> list[Json]:
    ends = [
        link("bank, giver", "accounts(bank, no)"),
        link("bank, taker", "accounts(bank, no)", distinct=True),
    ]
    accounts = table("accounts", 9 * n, to("bank", "banks.id"), *ints("no"), primary_key=["bank", "no"])
    transfers = entity("transfers", 20 * n, *ints("bank", "giver", "taker"), foreign_keys=ends)
    return [entity("banks", n), accounts, transfers]


@pattern("SELECT * FROM games WHERE host = guest", sizes=(2, 7, 300))
def hosts_and_guests(n: int) -> list[Json]:
    guest = to("guest", "teams.id", distinct=True, skew={"zipf": 1.1})
    return [entity("teams", n), entity("games", 20 * n, to("host", "teams.id"), guest)]


@pattern(
    "SELECT 1 FROM n HAVING count(*) > 10 AND abs(count(*) FILTER (up IS NULL) - 0.2 * count(*)) > 1",
    sizes=FEW,
)
def lists_with_a_share_of_heads(n: int) -> list[Json]:
    up = column("up", "INT", is_unique=True, null_fraction=0.2, **reference("n.id", nullable=True))
    return [entity("n", n, up)]


@pattern("SELECT 1 FROM n HAVING count(*) FILTER (up IS NULL) <> 1", sizes=FEW)
def one_list(n: int) -> list[Json]:
    return [entity("n", n, unique("up", "n.id", nullable=True))]


@pattern("SELECT * FROM lines l JOIN orders o ON l.order_id = o.id WHERE l.day <> o.day", sizes=FEW)
def a_reference_by_way_of_another(n: int) -> list[Json]:
    """The day of a line is that of its order, and a day of the calendar."""
    day = to("day", "days.id") | {"lookup": {"reference": "order_id", "column": "day"}}
    return [
        entity("days", 7 * n),
        entity("orders", 5 * n, to("day", "days.id")),
        entity("lines", 9 * n, to("order_id", "orders.id"), day),
    ]


@pattern(sizes=FEW)
def a_reference_that_has_a_rule(n: int) -> list[Json]:
    day = to("day", "days.id") | {"rule": {"name": "expression", "sql": "10000 + id"}}
    return [entity("days", 7 * n), entity("orders", 5 * n, day)]


@pattern(sizes=FEW)
def a_reference_to_a_part_of_a_key(n: int) -> list[Json]:
    slots = table("slots", 9 * n, *ints("room", "no"), primary_key=["room", "no"])
    return [slots, entity("visits", 5 * n, to("slot", "slots.no"))]


@pattern("SELECT id FROM a EXCEPT SELECT id FROM b", sizes=FEW)
def keys_that_reference_each_other(n: int) -> list[Json]:
    return [
        table("a", n, to("id", "b.id"), primary_key=["id"]),
        table("b", n, to("id", "a.id"), primary_key=["id"]),
    ]


@pattern(sizes=FEW)
def a_key_of_a_part_of_a_reference(n: int) -> list[Json]:
    """One quote for each currency at the most, of whichever day."""
    rates = table("rates", 9 * n, column("currency", "CHAR(3)"), column("day", "DATE"))
    quotes = table("quotes", n, column("currency", "CHAR(3)", is_unique=True), column("day", "DATE"))
    return [
        rates | {"primary_key": ["currency", "day"]},
        quotes | {"foreign_keys": [link("currency, day", "rates(currency, day)")]},
    ]


@pattern()
def key_over_a_part_of_a_reference(n: int) -> list[Json]:
    """Everybody votes once in a poll, for one of its options."""
    poll = to("poll_id", "polls.id")
    chosen = link("poll_id, no", "options(poll_id, no)")
    return [
        entity("users", n),
        entity("polls", n),
        table("options", 3 * n, poll, *ints("no"), primary_key=["poll_id", "no"]),
        table(
            "votes",
            min(n * n, 4 * n),
            *ints("poll_id", "no"),
            to("user_id", "users.id"),
            primary_key=["poll_id", "user_id"],
            foreign_keys=[chosen],
        ),
    ]


@pattern()
def key_by_what_a_reference_says(n: int) -> list[Json]:
    """A shipment has a line of its order once; which order that is, the shipment says."""
    shipment, line = (
        link("shipment_id, order_id", "shipments(id, order_id)"),
        link("order_id, no", "order_lines(order_id, no)"),
    )
    return [
        entity("orders", n),
        table("order_lines", 4 * n, to("order_id", "orders.id"), *ints("no"), primary_key=["order_id", "no"]),
        entity("shipments", n, to("order_id", "orders.id"), unique=[["id", "order_id"]]),
        table(
            "shipment_lines",
            2 * n,
            *ints("shipment_id", "order_id", "no"),
            primary_key=["shipment_id", "no"],
            foreign_keys=[shipment, line],
        ),
    ]


@pattern(
    "SELECT count(*) FROM lessons HAVING count(*) > 2000 AND count(DISTINCT (room_id, teacher_id)) < 1000",
)
def timetable(n: int) -> list[Json]:
    """A room and a teacher have one lesson at a time, and the teacher teaches the subject."""
    taught = link("teacher_id, subject", "subjects(teacher_id, subject)")
    subjects = table(
        "subjects",
        2 * n,
        to("teacher_id", "teachers.id"),
        column("subject", "CHAR(4)"),
        primary_key=["teacher_id", "subject"],
    )
    lessons = table(
        "lessons",
        min(n * n, 3 * n),
        *ints("slot"),
        to("room_id", "rooms.id"),
        *ints("teacher_id"),
        column("subject", "CHAR(4)"),
        primary_key=["slot", "room_id"],
        unique=[["slot", "teacher_id"]],
        foreign_keys=[taught],
    )
    lessons["columns"][0] |= {"min_value": 1, "max_value": 40}
    return [entity("rooms", n), entity("teachers", n), subjects, lessons]


@pattern()
def key_that_builds_on_the_key_of_a_parent(n: int) -> list[Json]:
    """An order goes to an address of its customer once, and no customer has two orders."""
    order = link("order_id, customer_id", "orders(id, customer_id)")
    address = link("customer_id, address_no", "addresses(customer_id, no)")
    shipments = table(
        "shipments",
        2 * n,
        *ints("order_id", "address_no", "customer_id"),
        primary_key=["order_id", "address_no"],
        foreign_keys=[order, address],
    )
    whose = to("customer_id", "customers.id")
    return [
        shipments,
        entity("customers", 2 * n),
        entity("orders", n, unique("customer_id", "customers.id"), unique=[["id", "customer_id"]]),
        table("addresses", 6 * n, whose, *ints("no"), primary_key=["customer_id", "no"]),
    ]


@pattern()
def bookings_within_tenants(n: int) -> list[Json]:
    """Within a chain, a room and a guest are booked once a night."""
    ends = [
        link("chain_id, room_no", "rooms(chain_id, no)"),
        link("chain_id, guest_no", "guests(chain_id, no)"),
    ]
    own = to("chain_id", "chains.id")
    return [
        entity("chains", _tenants(n)),
        table("rooms", 3 * n, own, *ints("no"), primary_key=["chain_id", "no"]),
        table("guests", 9 * n, own, *ints("no"), primary_key=["chain_id", "no"]),
        entity(
            "bookings",
            12 * n,
            *ints("chain_id", "room_no", "guest_no"),
            column("night", "DATE"),
            unique=[["chain_id", "room_no", "night"], ["chain_id", "guest_no", "night"]],
            foreign_keys=ends,
        ),
    ]


@pattern()
def seats_and_passengers(n: int) -> list[Json]:
    """On a flight, a seat has one passenger and a passenger one seat."""
    seat = link("flight_id, seat_no", "seats(flight_id, no)")
    flight, passenger = to("flight_id", "flights.id"), to("passenger_id", "passengers.id")
    return [
        entity("flights", n),
        entity("passengers", 20 * n),
        table("seats", 20 * n, flight, *ints("no"), primary_key=["flight_id", "no"]),
        entity(
            "tickets",
            9 * n,
            flight,
            *ints("seat_no"),
            passenger,
            unique=[["flight_id", "seat_no"], ["flight_id", "passenger_id"]],
            foreign_keys=[seat],
        ),
    ]


@pattern(
    "SELECT * FROM departments d JOIN employees e ON d.head_id = e.id WHERE e.department_id <> d.id",
)
def head_of_the_own_department(n: int) -> list[Json]:
    head = link("head_id, id", "employees(id, department_id)", nullable=True)
    return [
        entity("departments", n, *ints("head_id"), foreign_keys=[head]),
        entity("employees", 6 * n, to("department_id", "departments.id"), unique=[["id", "department_id"]]),
    ]


@pattern()
def current_and_previous_version(n: int) -> list[Json]:
    """Some documents have no version yet; a version's previous one is of the same document."""
    current = link("id, current_no", "versions(document_id, no)", nullable=True)
    previous = link("document_id, previous_no", "versions(document_id, no)", nullable=True)
    versions = table(
        "versions",
        max(n // 2, 1) * 3,
        to("document_id", "documents.id"),
        *ints("no", "previous_no"),
        primary_key=["document_id", "no"],
        unique=[["document_id", "previous_no"]],
        foreign_keys=[previous],
    )
    return [entity("documents", n, *ints("current_no"), foreign_keys=[current]), versions]


@pattern()
def nested_tenants(n: int) -> list[Json]:
    """Organisations, their workspaces, their projects, their tasks: every key starts with the one above."""
    made = [entity("orgs", _tenants(n))]
    above = ["org_id"]
    for k, (name, parent) in enumerate(
        [("workspaces", "orgs"), ("projects", "workspaces"), ("tasks", "projects")]
    ):
        own = f"{name[:-1]}_no"
        goal = ["id"] if parent == "orgs" else above
        up = link(", ".join(above), f"{parent}({', '.join(goal)})")
        key = [*above, own]
        made.append(table(name, n * (k + 2), *ints(*key), primary_key=key, foreign_keys=[up]))
        above = key
    blocker = link(
        "org_id, workspace_no, project_no, by_no", "tasks(org_id, workspace_no, project_no, task_no)"
    )
    task = link(
        "org_id, workspace_no, project_no, task_no", "tasks(org_id, workspace_no, project_no, task_no)"
    )
    blocks = entity("blocks", 3 * n, *ints(*above, "by_no"), foreign_keys=[task, blocker])
    return [*made, blocks]


# --- polymorphic references and copies


def _subject(**fields: Any) -> Json:
    parents = [
        {"type": "post", "references_table": "posts", "references_column": "id", "weight": 2},
        {"type": "photo", "references_table": "photos", "references_column": "id"},
    ]
    polymorphic = {"type_column": "subject_type", "parents": parents, **fields}
    return column("subject_id", "INT", polymorphic=polymorphic)


WEIGHTED = f"""SELECT avg((subject_type = 'post')::INT) AS share FROM comments
    WHERE subject_id IS NOT NULL HAVING count(*) >= {MANY} AND share NOT BETWEEN 0.55 AND 0.78"""


@pattern(WEIGHTED)
def polymorphic(n: int) -> list[Json]:
    comments = entity("comments", 3 * n, column("subject_type", "VARCHAR(10)"), _subject())
    return [entity("posts", n), entity("photos", 2 * n), comments]


@pattern(WEIGHTED)
def polymorphic_nullable(n: int) -> list[Json]:
    comments = entity("comments", 3 * n, column("subject_type", "VARCHAR(10)"), _subject(nullable=True))
    return [entity("posts", n), entity("photos", 2 * n), comments]


def _copy(name: str, original: str, *steps: str) -> Json:
    return column(name, "CHAR(2)", lookup={"reference": list(steps), "column": original})


def _with_countries(n: int, **fields: Any) -> list[Json]:
    own = to("customer_id", "customers.id", **fields), _copy("country", "country", "customer_id")
    return [entity("customers", n, column("country", "CHAR(2)")), entity("orders", 3 * n, *own)]


@pattern()
def lookup(n: int) -> list[Json]:
    return _with_countries(n)


@pattern()
def lookup_through_nullable_reference(n: int) -> list[Json]:
    return _with_countries(n, nullable=True)


@pattern()
def lookup_of_two_steps(n: int) -> list[Json]:
    copied = _copy("customer_country", "country", "order_id", "customer_id")
    return [*_with_countries(n), entity("order_lines", 5 * n, to("order_id", "orders.id"), copied)]


# --- nothing


@pattern("SELECT * FROM b WHERE a_id IS NOT NULL")
def reference_into_an_empty_table(n: int) -> list[Json]:
    return [entity("a", 0), entity("b", n, to("a_id", "a.id", nullable=True))]


@pattern(sizes=(0,))
def empty_tables(n: int) -> list[Json]:
    return [*diamond(n), entity("e", n, to("d_id", "d.id"), to("boss_id", "e.id", nullable=True))]


@pattern(sizes=(0,))
def empty_cycle(n: int) -> list[Json]:
    return cycle_of_three_required(n)

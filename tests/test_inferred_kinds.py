"""Names, sizes, weights and prices go by the kind of their row: after an import of DDL and nothing else."""

from pathlib import Path
from typing import Any

import pytest
from tests.support import views

from dw_simulator.schema.inference.words.kind_groups import groups_of, kind_groups, spread
from dw_simulator.service import ExperimentService, GenerateRequest

pytestmark = pytest.mark.passing

KINDS = """
CREATE TABLE depot (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL UNIQUE, depot_type VARCHAR(25) NOT NULL,
  area_sqft INT NOT NULL, dock_doors INT NOT NULL, headcount INT NOT NULL);
CREATE TABLE playhouse_venue (id INT PRIMARY KEY, title VARCHAR(50) NOT NULL,
  kind VARCHAR(10) NOT NULL CHECK (kind IN ('STADIUM', 'CLUB', 'TENT')),
  capacity INT NOT NULL CHECK (capacity > 0));
CREATE TABLE fleet_car (id INT PRIMARY KEY, body_type VARCHAR(20) NOT NULL, make VARCHAR(20) NOT NULL,
  model VARCHAR(30) NOT NULL, seats INT NOT NULL, payload_kg INT NOT NULL);
CREATE TABLE merchandise_group (group_id INT PRIMARY KEY, label VARCHAR(40) NOT NULL);
CREATE TABLE article (article_id INT PRIMARY KEY, article_name VARCHAR(80) NOT NULL, group_id INT
  REFERENCES merchandise_group(group_id), gross_weight_g INT, size VARCHAR(12), retail_price DECIMAL(8,2));
CREATE TABLE gericht (gericht_id INT PRIMARY KEY, name VARCHAR(60) NOT NULL, kategorie VARCHAR(20) NOT NULL,
  beschreibung VARCHAR(40) NOT NULL, kalorien INT, preis DECIMAL(6,2));
CREATE TABLE voucher_offer (id INT PRIMARY KEY, offer_name VARCHAR(60) NOT NULL, offer_type VARCHAR(20)
  NOT NULL, discount_percent DECIMAL(5,2) NOT NULL);
"""
VERSIONS = """
CREATE TABLE dim_item (item_key BIGINT PRIMARY KEY, item_no VARCHAR(12) NOT NULL,
  item_name VARCHAR(60) NOT NULL, department VARCHAR(30) NOT NULL,
  category VARCHAR(30) NOT NULL, weight_kg DECIMAL(8,3) NOT NULL,
  list_price DECIMAL(8,2) NOT NULL, valid_from DATE NOT NULL, valid_to DATE, is_current BOOLEAN NOT NULL);
"""


def made(
    service: ExperimentService,
    out: Path,
    sql: str,
    rows: dict[str, int] | None = None,
    dialect: str = "postgres",
) -> Any:
    service.import_sql(sql, name="kinds", dialect=dialect)
    service.generate("kinds", GenerateRequest(seed=5, rows=rows or {}, output_dir=out))
    return views(out)


def number(connection: Any, sql: str) -> Any:
    return connection.execute(f"SELECT count(*) FROM {sql}").fetchone()[0]


@pytest.fixture(name="kinds")
def _kinds(service: ExperimentService, tmp_path: Path) -> Any:
    with made(service, tmp_path / "out", KINDS) as connection:
        yield connection


def test_figures_and_names_go_by_the_kind(kinds: Any) -> None:
    assert number(kinds, "depot WHERE depot_type = 'Yard' AND dock_doors > 6") == 0
    assert number(kinds, "depot WHERE depot_type = 'Distribution Center' AND area_sqft < 90000") == 0
    assert number(kinds, "depot WHERE name LIKE '%Cross-Dock%' AND depot_type <> 'Cross-dock'") == 0
    assert number(kinds, "(SELECT DISTINCT name FROM depot)") == number(kinds, "depot")
    assert number(kinds, "fleet_car WHERE model = 'Golf' AND (make <> 'Volkswagen' OR seats <> 5)") == 0
    assert number(kinds, "fleet_car WHERE body_type = 'Tractor' AND payload_kg < 20000") == 0


def test_kinds_of_a_check_are_those_that_names_and_figures_go_by(kinds: Any) -> None:
    venue = "playhouse_venue"
    assert (
        number(kinds, f"{venue} WHERE kind = 'STADIUM' AND (capacity < 14000 OR title NOT LIKE '%Stadium%')")
        == 0
    )
    assert number(kinds, f"{venue} WHERE kind = 'CLUB' AND (capacity > 1100 OR title NOT LIKE '%Club%')") == 0
    neutral = "title LIKE '%Stadium%' OR title LIKE '%Club%' OR title LIKE '%Theatre%'"
    assert number(kinds, f"{venue} WHERE kind = 'TENT' AND ({neutral})") == 0
    assert number(kinds, f"(SELECT DISTINCT kind FROM {venue})") == 3


def test_what_is_sold_goes_by_the_category_that_it_references(kinds: Any) -> None:
    joined = "article JOIN merchandise_group USING (group_id)"
    assert number(kinds, joined) == number(kinds, "article")
    assert number(kinds, f"{joined} WHERE article_name LIKE '%Toothpaste%' AND label <> 'Beauty'") == 0
    for word, label in (("Frying Pan", "Cookware"), ("Jeans", "Trousers & Skirts"), ("Tent", "Camping")):
        wrong = f"{joined} WHERE article_name LIKE '% {word}' AND label <> '{label}'"
        assert number(kinds, wrong) == 0, word
    shared = "(SELECT label FROM article JOIN merchandise_group USING (group_id) GROUP BY 1)"
    assert number(kinds, shared) > 5
    assert (
        number(kinds, "article WHERE article_name LIKE '%Jeans%' AND gross_weight_g NOT BETWEEN 200 AND 900")
        == 0
    )
    assert number(kinds, f"{joined} WHERE label = 'Cookware' AND size IS NOT NULL") == 0


def test_dishes_and_their_descriptions_fit(kinds: Any) -> None:
    assert number(kinds, "gericht WHERE kategorie = 'Drink' AND (kalorien > 250 OR preis > 15)") == 0
    assert number(kinds, "gericht WHERE name LIKE '%Soup%' AND kategorie <> 'Starter'") == 0
    assert number(kinds, "gericht WHERE length(beschreibung) < 4 OR beschreibung LIKE '% the'") == 0


def test_percent_goes_by_the_type_of_the_offer(kinds: Any) -> None:
    less = "offer_type IN ('Percent Off', 'Buy One Get One', 'Bundle')"
    assert number(kinds, f"voucher_offer WHERE ({less}) <> (discount_percent > 0)") == 0
    said = "CAST(regexp_extract(offer_name, '^[0-9]+') AS DECIMAL(5,2)) <> discount_percent"
    assert number(kinds, f"voucher_offer WHERE offer_name LIKE '%\\% Off%' ESCAPE '\\' AND {said}") == 0
    assert number(kinds, "voucher_offer WHERE offer_name SIMILAR TO '.*(Summer|Winter|Spring).*'") == 0


@pytest.mark.parametrize("rows", [1, 7, 900])
def test_any_number_of_rows(rows: int, service: ExperimentService, tmp_path: Path) -> None:
    tables = ("depot", "playhouse_venue", "article", "merchandise_group", "gericht")
    with made(service, tmp_path / "out", KINDS, dict.fromkeys(tables, rows)) as connection:
        for table in tables:
            assert number(connection, table) == rows
        assert number(connection, "(SELECT DISTINCT name FROM depot)") == rows
        pans = "article JOIN merchandise_group USING (group_id) WHERE article_name LIKE '% Frying Pan'"
        assert number(connection, f"{pans} AND label NOT LIKE 'Cookware%'") == 0


def test_versions_of_an_article_are_of_one_kind(service: ExperimentService, tmp_path: Path) -> None:
    with made(service, tmp_path / "out", VERSIONS) as connection:
        shown = "item_name, department, category, weight_kg"
        differing = f"(SELECT item_no FROM dim_item GROUP BY 1 HAVING count(DISTINCT ({shown})) > 1)"
        assert number(connection, differing) == 0
        dear = "max(list_price) > 2 * min(list_price) + 1"
        assert number(connection, f"(SELECT item_no FROM dim_item GROUP BY 1 HAVING {dear})") == 0
        changed = "(SELECT item_no FROM dim_item GROUP BY 1 HAVING count(DISTINCT list_price) > 1)"
        assert number(connection, changed) > 0


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        (
            "CREATE TABLE order_item (id INT PRIMARY KEY, item_name VARCHAR(60), category VARCHAR(30))",
            "order_item",
        ),
        (
            "CREATE TABLE product (id INT PRIMARY KEY, name VARCHAR(60), category VARCHAR(30), apr FLOAT)",
            "product",
        ),
        (
            "CREATE TABLE app_store (id INT PRIMARY KEY, name VARCHAR(60), app_key VARCHAR(30), size INT)",
            "app_store",
        ),
        (
            "CREATE TABLE git_branch (id INT PRIMARY KEY, name VARCHAR(60), commit_no INT, desk_count INT)",
            "git_branch",
        ),
    ],
)
def test_others_are_left_alone(sql: str, table: str, service: ExperimentService) -> None:
    service.import_sql(sql, name="others", dialect="postgres")
    columns = {one.name: one for one in service.get("others").experiment.table(table).columns}
    assert all(one.rule_spec is None or one.rule_spec.name != "table" for one in columns.values()), columns


def test_groups_are_sound() -> None:
    """Every cell is of its form, every template names cells, and each line makes rows."""
    for group in {one.name: one for some in kind_groups().values() for one in some}.values():
        assert {*group.levels} <= {*group.fields}, group.name
        rows = spread(group, list(group.lines), 60, {})
        assert len(rows) >= len(group.lines), group.name
        for row in rows:
            assert not any("{" in str(row[name]) for name in group.templates), (group.name, row)
            for name, one in group.fields.items():
                numeric = bool(one.form) and one.form != "flag"
                fits = row[name] is None or isinstance(row[name], int | float) == bool(one.form)
                assert fits, (group.name, name, row[name], numeric)


def test_a_line_with_too_few_cells_is_told_with_its_place() -> None:
    with pytest.raises(ValueError, match="line 6: 1 cells, and not 2"):
        list(groups_of("[a]\nof: thing\nkind: type\n---\nkind | size\nsmall\n", "x.txt"))

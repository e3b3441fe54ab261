"""Batches come in after they were made and before they expire; lines take what was there on their day."""

from pathlib import Path
from typing import Any

from tests.support import views

from dw_simulator.service import ExperimentService, GenerateRequest

DAIRY = """
CREATE TABLE product (product_id INT PRIMARY KEY, product_name VARCHAR(60) NOT NULL,
  list_price DECIMAL(8,2) NOT NULL,
  launched_on DATE NOT NULL, discontinued_on DATE);
CREATE TABLE batch (batch_id INT PRIMARY KEY, product_id INT NOT NULL REFERENCES product (product_id),
  batch_number VARCHAR(12) NOT NULL, produced_on DATE NOT NULL, received_on DATE NOT NULL,
  expiry_date DATE NOT NULL,
  initial_quantity INT NOT NULL, remaining_quantity INT NOT NULL);
CREATE TABLE dispatch_note (dispatch_note_id INT PRIMARY KEY, customer_name VARCHAR(60),
  ordered_at TIMESTAMP NOT NULL);
CREATE TABLE dispatch_line (dispatch_line_id INT PRIMARY KEY,
  dispatch_note_id INT NOT NULL REFERENCES dispatch_note (dispatch_note_id),
  batch_id INT NOT NULL REFERENCES batch (batch_id), quantity INT NOT NULL);
CREATE TABLE basket (basket_id INT PRIMARY KEY, purchased_at TIMESTAMP NOT NULL);
CREATE TABLE basket_item (basket_item_id INT PRIMARY KEY,
  basket_id INT NOT NULL REFERENCES basket (basket_id),
  product_id INT NOT NULL REFERENCES product (product_id), quantity INT NOT NULL);
"""
LOTES = """
CREATE TABLE articulo (id_articulo INT PRIMARY KEY, nombre VARCHAR(40), fecha_alta DATE NOT NULL);
CREATE TABLE lote (id_lote INT PRIMARY KEY, id_articulo INT NOT NULL REFERENCES articulo (id_articulo),
  fecha_fabricacion DATE NOT NULL, fecha_recepcion TIMESTAMP NOT NULL, fecha_caducidad DATE NOT NULL,
  cantidad_recibida INT NOT NULL, cantidad_restante INT NOT NULL);
CREATE TABLE charge (charge_id INT PRIMARY KEY, herstellungsdatum DATE NOT NULL,
  eingangsdatum DATE NOT NULL,
  ablaufdatum DATE, eingangsmenge INT NOT NULL, restmenge INT NOT NULL);
CREATE TABLE auction_lot (auction_lot_id INT PRIMARY KEY, lot_title VARCHAR(40),
  starting_price DECIMAL(8,2));
"""


def shown(service: ExperimentService, out: Path, sql: str, rows: int = 900) -> Any:
    service.import_sql(sql, name="batches", dialect="postgres", target_rows=rows)
    made_run = service.generate("batches", GenerateRequest(seed=4, output_dir=out))
    assert made_run.warnings == (), "no guess is given up"
    return views(out)


def share(connection: Any, sql: str) -> float:
    return float(connection.execute(sql).fetchone()[0])


def test_lines_take_what_was_there(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", DAIRY) as rows:
        order = "produced_on < received_on AND received_on < expiry_date"
        assert share(rows, f"SELECT avg(({order})::INT) FROM batch") == 1
        assert share(rows, "SELECT avg((remaining_quantity <= initial_quantity)::INT) FROM batch") == 1
        assert 0 < share(rows, "SELECT avg((remaining_quantity = 0)::INT) FROM batch") < 0.6
        assert share(rows, "SELECT median(initial_quantity) FROM batch") > 20
        lines = "FROM dispatch_line JOIN dispatch_note USING (dispatch_note_id) JOIN batch USING (batch_id)"
        there = "received_on <= ordered_at AND ordered_at::DATE <= expiry_date"
        assert share(rows, f"SELECT avg(({there})::INT) {lines}") > 0.98
        items = "FROM basket_item JOIN basket USING (basket_id) JOIN product USING (product_id)"
        sold = "launched_on <= purchased_at AND coalesce(purchased_at::DATE <= discontinued_on, true)"
        assert share(rows, f"SELECT avg(({sold})::INT) {items}") > 0.98
        top = "SELECT count(*) AS n FROM basket_item GROUP BY product_id ORDER BY n DESC LIMIT 180"
        assert share(rows, f"SELECT sum(n) / 900 FROM ({top})") > 0.4


def test_batches_in_other_languages(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", LOTES) as rows:
        order = "fecha_fabricacion < fecha_recepcion AND fecha_recepcion < fecha_caducidad"
        assert share(rows, f"SELECT avg(({order})::INT) FROM lote") == 1
        assert share(rows, "SELECT avg((cantidad_restante <= cantidad_recibida)::INT) FROM lote") == 1
        since = "FROM lote JOIN articulo USING (id_articulo)"
        assert share(rows, f"SELECT avg((fecha_recepcion::DATE >= fecha_alta)::INT) {since}") == 1
        wait = "date_diff('day', fecha_alta, fecha_recepcion)"
        assert share(rows, f"SELECT median({wait}) {since}") > 100, "and not only when it was new"
        order = "herstellungsdatum < eingangsdatum AND coalesce(eingangsdatum < ablaufdatum, true)"
        assert share(rows, f"SELECT avg(({order})::INT) FROM charge") == 1
        assert share(rows, "SELECT avg((restmenge <= eingangsmenge)::INT) FROM charge") == 1


ALLOWED = """
CREATE TABLE permit (permit_id INT PRIMARY KEY, is_renewable BOOLEAN NOT NULL,
  renewal_count SMALLINT NOT NULL, issued_on DATE NOT NULL);
CREATE TABLE ricetta (ricetta_id INT PRIMARY KEY, rinnovabile BOOLEAN NOT NULL, numero_rinnovi SMALLINT,
  data_emissione DATE NOT NULL);
CREATE TABLE ordonnance (id_ordonnance INT PRIMARY KEY, renouvelable BOOLEAN, nombre_renouvellements INT);
CREATE TABLE shop_sale (shop_sale_id INT PRIMARY KEY, sold_at TIMESTAMP NOT NULL);
"""


def test_only_what_may_be_renewed_is_renewed(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", ALLOWED) as rows:
        for table, flag, count in (
            ("permit", "is_renewable", "renewal_count"),
            ("ricetta", "rinnovabile", "numero_rinnovi"),
            ("ordonnance", "renouvelable", "nombre_renouvellements"),
        ):
            more = f"coalesce({count}, 0) > 0"
            assert (
                share(rows, f"SELECT avg(({more})::INT) FROM {table} WHERE NOT coalesce({flag}, false)") == 0
            )
            assert share(rows, f"SELECT avg(({more})::INT) FROM {table} WHERE {flag}") > 0.9
            assert share(rows, f"SELECT count(DISTINCT {count}) FROM {table}") > 3


def test_shops_sell_by_day_and_little_on_sundays(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", ALLOWED, rows=4000) as rows:
        assert share(rows, "SELECT avg((isodow(sold_at) = 7)::INT) FROM shop_sale") < 0.11
        assert share(rows, "SELECT avg((isodow(sold_at) = 6)::INT) FROM shop_sale") > 0.15
        assert share(rows, "SELECT avg((hour(sold_at) BETWEEN 7 AND 20)::INT) FROM shop_sale") > 0.95

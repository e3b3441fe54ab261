# ruff: noqa: E501
"""What rows go through where several lives are known for one noun: meals, rides, cards; asked by DuckDB."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.support import views

from dw_simulator.schema.inference.lives.life_words import among, lives_of, most_told
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import MEMORY, Settings

Ask = Callable[[str], object]

SCHEMA = """
CREATE TABLE pizzerias (pizzeria_id INT PRIMARY KEY, name VARCHAR(40) NOT NULL);
CREATE TABLE riders (rider_id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, hired_on DATE NOT NULL);
CREATE TABLE guests (guest_id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, joined_at TIMESTAMP NOT NULL, last_order_at TIMESTAMP);
CREATE TABLE doorsteps (doorstep_id INT PRIMARY KEY, guest_id INT NOT NULL REFERENCES guests, street VARCHAR(60));
CREATE TABLE pizza_orders (order_id INT PRIMARY KEY, guest_id INT NOT NULL REFERENCES guests,
  doorstep_id INT NOT NULL REFERENCES doorsteps, pizzeria_id INT NOT NULL REFERENCES pizzerias,
  rider_id INT REFERENCES riders, placed_at TIMESTAMP NOT NULL, accepted_at TIMESTAMP, picked_up_at TIMESTAMP,
  delivered_at TIMESTAMP, cancelled_at TIMESTAMP,
  status VARCHAR(12) NOT NULL CHECK (status IN ('placed', 'accepted', 'pickedUp', 'delivered', 'cancelled')));
CREATE TABLE rides (ride_id INT PRIMARY KEY, requested_at TIMESTAMP NOT NULL, accepted_at TIMESTAMP,
  picked_up_at TIMESTAMP, dropped_off_at TIMESTAMP, cancelled_at TIMESTAMP,
  status VARCHAR(12) NOT NULL CHECK (status IN ('requested', 'accepted', 'completed', 'cancelled')));
CREATE TABLE fuel_cards (card_id INT PRIMARY KEY, issued_on DATE NOT NULL, valid_thru CHAR(5) NOT NULL, blocked_at TIMESTAMP);
CREATE TABLE fillings (filling_id INT PRIMARY KEY, card_id INT NOT NULL REFERENCES fuel_cards, filled_at TIMESTAMP NOT NULL);
CREATE TABLE card_charges (id INT PRIMARY KEY, authorised_at TIMESTAMP NOT NULL, posted_at TIMESTAMP, decline_reason VARCHAR(40),
  charge_status VARCHAR(12) NOT NULL CHECK (charge_status IN ('authorized', 'posted', 'declined', 'reversed')));
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """One value of a query over the rows of the schema."""
    where = tmp_path_factory.mktemp("courses")
    service = ExperimentService(Settings(home=where / "home", store_url=MEMORY))
    created = service.import_sql(
        SCHEMA, name="courses", dialect="postgres", as_of=date(2026, 3, 31), target_rows=1500
    )
    assert not [line for line in created.warnings if "given up" in line]
    service.generate("courses", GenerateRequest(seed=3, output_dir=Path(where) / "out"))
    database = views(Path(where) / "out")

    def asked(query: str) -> object:
        return (database.execute(query).fetchone() or (None,))[0]

    return asked


@pytest.mark.parametrize(
    "violated",
    [
        "pizza_orders WHERE accepted_at < placed_at OR picked_up_at < accepted_at OR delivered_at < picked_up_at",
        "pizza_orders WHERE delivered_at - placed_at > INTERVAL 4 HOUR",
        "pizza_orders WHERE (status = 'delivered') <> (delivered_at IS NOT NULL)",
        "pizza_orders WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL)",
        "pizza_orders WHERE (rider_id IS NOT NULL) <> (picked_up_at IS NOT NULL)",
        "guests g LEFT JOIN (SELECT guest_id, max(placed_at) m FROM pizza_orders GROUP BY 1) o USING (guest_id) WHERE g.last_order_at IS DISTINCT FROM o.m",
        "rides WHERE accepted_at < requested_at OR dropped_off_at < picked_up_at",
        "rides WHERE dropped_off_at - requested_at > INTERVAL 5 HOUR",
        "fillings JOIN fuel_cards USING (card_id) WHERE filled_at > blocked_at OR CAST(filled_at AS DATE) > last_day(strptime(valid_thru, '%m/%y'))",
        "card_charges WHERE posted_at < authorised_at OR (charge_status = 'posted') <> (posted_at IS NOT NULL)",
        "card_charges WHERE (charge_status = 'declined') <> (decline_reason IS NOT NULL)",
    ],
)
def test_states_moments_and_what_hangs_on_them_agree(ask: Ask, violated: str) -> None:
    assert ask(f"SELECT count(*) FROM {violated}") == 0


def test_people_eat_at_noon_and_in_the_evening(ask: Ask) -> None:
    share = ask("SELECT avg((hour(placed_at) IN (11, 12, 13, 17, 18, 19, 20, 21))::INT) FROM pizza_orders")
    assert isinstance(share, float)
    assert 0.6 < share < 0.95


def test_most_are_posted_and_few_declined(ask: Ask) -> None:
    assert ask("SELECT mode(charge_status) FROM card_charges") == "posted"
    share = ask("SELECT avg((charge_status = 'declined')::INT) FROM card_charges")
    assert isinstance(share, float)
    assert 0.01 < share < 0.2


@pytest.mark.parametrize(
    ("noun", "near", "values", "named"),
    [
        ("order", {"restaurant"}, ["new", "accepted", "ready", "delivered", "cancelled"], "ready"),
        ("order", {"customer"}, ["placed", "paid", "shipped", "delivered"], "shipped"),
        ("order", {"dish"}, ["aufgegeben", "angenommen", "abgeholt", "zugestellt", "storniert"], "picked up"),
        ("order", {"menu"}, ["recibido", "aceptado", "en_preparacion", "entregado", "cancelado"], "accepted"),
        ("ride", set(), ["requested", "accepted", "in_progress", "completed", "cancelled"], "in progress"),
        ("payment", set(), ["pending", "completed", "failed", "refunded"], "failed"),
        ("payment", set(), ["pending", "authorized", "captured", "refunded"], "captured"),
        ("dispute", set(), ["open", "under_review", "won", "lost"], "won"),
    ],
)
def test_the_life_is_that_of_which_most_is_told(
    noun: str, near: set[str], values: list[str], named: str
) -> None:
    life = most_told(lives_of((noun,)), near, values, ())
    assert life is not None
    found = among(life, values)
    assert found is not None
    assert named in found[1]
    assert found[1][life.states[0].name if life.states[0].name in found[1] else named] in values

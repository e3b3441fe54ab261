"""Rules for numbers and choices: what they refuse and how they say it, bounds, short forms, exact parts."""

import threading
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
import pytest
from benchmarks import rules as benchmark
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.support import column, made, planned, table

from dw_simulator.engine import distributions
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import BLOCK, Rows
from dw_simulator.engine.selectors.sampling import Binned, Uniform
from dw_simulator.errors import PlanError
from dw_simulator.planning import plan
from dw_simulator.plugins.rules import choices, continuous, discrete, histograms, mixtures, numbers
from dw_simulator.plugins.rules.continuous import Continuous, DeclaredRange
from dw_simulator.ports.hookspecs import hookimpl
from dw_simulator.registry.json_schema import rule_schema
from dw_simulator.registry.manager import Owner, Registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import reading
from dw_simulator.schema.inference import infer
from dw_simulator.schema.inference.guesses import Guess
from dw_simulator.types import Kind

Json = dict[str, Any]


def rule(name: str, /, **options: Any) -> Json:
    return {"rule": {"name": name, **options}}


def part(kind: str, weight: float = 1, **parameters: Any) -> Json:
    return {"type": kind, "parameters": parameters, "weight": weight}


def mixture(*parts: Json) -> Json:
    return rule("mixture", components=list(parts))


def histogram(bins: list[Any], *weights: float) -> Json:
    return rule("histogram", bins=bins, weights=list(weights))


GAMMA = rule("gamma", shape=2, scale=1)
NORMAL = part("normal", mean=1, stddev=1)

REFUSED: list[tuple[str, Json, str]] = [
    ("INT", rule("gamma", shape=2), "gamma needs the option 'scale'"),
    ("INT", rule("gamma", shape=-2, scale=1), "shape: should be greater than or equal to 0.05"),
    ("INT", rule("gamma", shape=2, skale=1), "no option 'skale'; did you mean 'scale'"),
    ("INT", {**GAMMA, "min_value": 5000}, "nothing of the distribution lies between 4999.5"),
    ("INT", {**GAMMA, "is_unique": True}, "must not"),
    ("VARCHAR(5)", GAMMA, "makes decimal, float, integer, not text"),
    ("INT", rule("pareto", alpha=1), "starts above 0; set minimum"),
    ("INT", {**rule("pareto", alpha=1), "min_value": -1}, "starts above 0"),
    ("DECIMAL(38,4)", rule("pareto", alpha=0.5, minimum=1), "beyond 18 digits; set min_value and max_value"),
    ("INT", {**rule("pareto", alpha=1, minimum=10), "max_value": 5}, "nothing of the distribution"),
    ("BIGINT", rule("normal", mean=4e18, stddev=10), "a spread of 10 around 4e.18 takes more than 15 digits"),
    ("DECIMAL(18,9)", rule("normal", mean=4e8, stddev=1e-7), "let it be 3.8147e-06 or more"),
    ("INT", rule("triangular", mode=1), "needs low; set low"),
    ("INT", {**rule("triangular", mode=1), "min_value": 0}, "needs high"),
    ("INT", rule("triangular", mode=1, low=2, high=3), "from 2 to 3 with its mode at 1"),
    ("DOUBLE", rule("triangular", mode=1, low=-1e308, high=1e308), "too far apart"),
    ("INT", rule("binomial", n=0, p=0.5), "n: should be greater than or equal to 1"),
    ("INT", rule("binomial", n=2.5, p=0.5), "n: should be a valid integer"),
    ("INT", rule("binomial", n=2, p=1.5), "p: should be less than or equal to 1"),
    ("TINYINT", rule("binomial", n=2000, p=0.5), "counts around 1000 hardly ever lie between 0 and 127"),
    ("INT", {**rule("binomial", n=10, p=1), "max_value": 5}, "hardly ever"),
    ("INT", {**rule("geometric", p=0.9), "min_value": 1000}, "hardly ever"),
    ("INT", {**rule("geometric", p=1), "min_value": 2}, "hardly ever"),
    ("REAL", rule("geometric", p=1e-9), r"whole numbers up to 2\^24 only"),
    ("DECIMAL(38,20)", rule("geometric", p=0.9), "more than 18 decimal places"),
    ("INT", rule("mixture"), "mixture needs the option 'components'"),
    ("INT", mixture(), "components: 1 to 100 are possible, not 0"),
    ("INT", histogram([1]), "bins: a bin has two edges"),
    ("INT", rule("choice", values=[]), "one at least is needed"),
    ("INT", mixture(part("norml")), r"components.0\W?: no component is 'norml'; did you mean 'normal'"),
    ("INT", mixture(NORMAL, part("poisson")), r"components.1\W?: no component is 'poisson'; known: beta, "),
    ("INT", mixture(NORMAL, part("normal", mean=1)), r"components.1\W?: normal needs the parameter 'stddev'"),
    ("INT", mixture(part("gamma", shape=1, scal=1)), r"no parameter 'scal'; did you mean 'scale'"),
    (
        "INT",
        mixture(part("normal", mean=1, stddev=0)),
        r"components.0\W?: parameters\.stddev: .* greater than 0",
    ),
    ("INT", mixture({**NORMAL, "wieght": 2}), r"components.0\W?.* has no .*'wieght'; .* 'weight'"),
    ("INT", mixture({**NORMAL, "weight": 0}), r"components.0\W?\.weight: should be greater than 0"),
    ("INT", mixture(part("constant", value=1.5)), r"components.0\W? \(constant\): 1.5 does not fit INT"),
    (
        "INT",
        {**mixture(NORMAL, part("constant", value=1)), "max_value": 0},
        r"components.1\W? \(constant\): 1 is outside the column's bounds",
    ),
    (
        "INT",
        {**mixture(NORMAL, part("normal", mean=99, stddev=1)), "max_value": 0},
        r"components.1\W? \(normal\): nothing of the distribution",
    ),
    ("BIGINT", mixture(part("constant", value=2**53 + 1)), "more digits than a mixture keeps"),
    ("INT", mixture(part("uniform", low=3)), r"components.0\W? \(uniform\): an even spread needs high"),
    ("DOUBLE", mixture(part("uniform", low=3, high=3)), "set low below high"),
    ("INT", {**mixture(NORMAL), "is_unique": True}, "must not"),
    ("INT", histogram([0, 1], 1, 2), "2 edges have 2 weights"),
    ("INT", histogram([0, 1, 1], 1, 2), "edges rise, but 1 comes after 1"),
    ("INT", histogram([0, 1, 2], 0, 0), "not all 0"),
    ("INT", histogram([0, 1, 2], 1, -1), "not negative"),
    ("INT", histogram([0, "a"], 1), r"bins.1\W?: .*'a' is not a number"),
    ("INT", histogram([0, 0.1, 0.2], 0, 1), r"bins\[1\] from 0\.1 to 0\.2 holds no value of INT"),
    ("INT", {**histogram([0, 5, 10], 0, 1), "max_value": 4}, "no bin with a weight holds values up to 4"),
    ("TINYINT", histogram([0, 50, 200], 1, 1), r"bins\[1\] from 50 to 200 reaches beyond TINYINT"),
    ("REAL", histogram([0, 1e39], 1), "reaches beyond REAL"),
    ("DOUBLE", histogram([-1.7e308, 1.7e308], 1), "reaches beyond DOUBLE"),
    ("DOUBLE", histogram(["0.1", "0.10000000000000000001"], 1), "too narrow for floating point"),
    ("DECIMAL(38,0)", histogram([0, 10**25], 1), "too far apart"),
    ("INT", {**histogram([0, 5], 1), "is_unique": True}, "must not"),
    ("INT", rule("constant"), "constant needs the option 'value'"),
    ("INT", rule("constant", value="x"), "'x' is not a number"),
    ("INT", {**rule("constant", value=3), "max_value": 1}, "3 is outside the column's bounds"),
    ("INT", {**rule("constant", value=3), "is_unique": True}, "1 values fit, 10 rows asked"),
    ("VARCHAR(2)", rule("constant", value="abc"), "up to 3 bytes do not fit; widen it to 3"),
    ("UUID", rule("constant", value="abc"), "not uuid"),
    ("INT", rule("choice", values=[1, 2], weights=[1]), "2 values have 1 weights"),
    ("INT", rule("choice", values=[1, 1]), "listed twice"),
    ("INT", {**rule("choice", values=[1, 2], weights=[1, 2]), "is_unique": True}, "weights mean nothing"),
    ("BOOLEAN", rule("boolean", true_share=1.2), "true_share: should be less than or equal to 1"),
    ("INT", rule("sequence", step=0), "stands still"),
    ("TINYINT", rule("sequence", start=120), "has 8 values here, 10 rows asked"),
]


@pytest.mark.parametrize(("data_type", "fields", "words"), REFUSED)
def test_what_cannot_be_made_is_refused(data_type: str, fields: Json, words: str) -> None:
    with pytest.raises(PlanError, match=words) as caught:
        planned(table("t", 10, column("x", data_type, **fields)))
    assert "t.x: " in str(caught.value) or "t.x," in str(caught.value)
    assert "Tuple should" not in str(caught.value), "what is wrong is said, and nothing that follows from it"


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("gamma", {"shape": 2, "scale": 3}),
        ("pareto", {"alpha": 2, "minimum": 3}),
        ("triangular", {"low": 1, "mode": 2, "high": 9}),
        ("binomial", {"n": 10, "p": 0.5}),
        ("geometric", {"p": 0.5}),
        ("constant", {"value": 7}),
    ],
)
def test_a_distribution_is_short_for_the_rule_of_its_name(kind: str, parameters: Json) -> None:
    short = {"distribution": {"type": kind, "parameters": parameters}}
    plans = [planned(table("t", 500, column("x", "INT", **f))) for f in (short, rule(kind, **parameters))]
    assert made(plans[0], "t") == made(plans[1], "t")


@pytest.mark.parametrize(
    ("written", "meant"), [("gama", "gamma"), ("triangle", "triangular"), ("binominal", "binomial")]
)
def test_an_unknown_distribution_names_the_closest(written: str, meant: str) -> None:
    with pytest.raises(PlanError, match=f"unknown rule {written!r}; did you mean {meant!r}"):
        planned(table("t", 9, column("x", "INT", distribution={"type": written, "parameters": {}})))


@pytest.mark.parametrize("data_type", ["CHAR(3)", "INT", "DECIMAL(30,2)", "DOUBLE", "JSON"])
def test_a_constant_is_the_same_in_every_row(data_type: str) -> None:
    x = made(planned(table("t", 70_000, column("x", data_type, **rule("constant", value=12)))), "t")
    stored = {"CHAR(3)": "12", "JSON": "12", "DECIMAL(30,2)": (1200, 0)}.get(data_type, 12)
    assert x == [stored] * 70_000


@st.composite
def shape_rules(draw: st.DrawFn) -> Json:
    """Any rule with any sensible parameters."""
    small, share = st.floats(0.05, 50), st.floats(0.001, 1)
    kinds: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "normal": {"mean": st.floats(-1e6, 1e6), "stddev": small},
        "lognormal": {"mean": st.floats(-3, 6), "stddev": st.floats(0.01, 3)},
        "exponential": {"lambda": small},
        "gamma": {"shape": small, "scale": small},
        "beta": {"alpha": small, "beta": small},
        "pareto": {"alpha": small, "minimum": small},
        "triangular": {"low": st.floats(-99, 0), "mode": st.floats(0, 5), "high": st.floats(6, 99)},
        "binomial": {"n": st.integers(1, 500), "p": share},
        "geometric": {"p": share},
        "poisson": {"lambda": small},
        "zipf": {"s": st.floats(0.1, 5)},
        "constant": {"value": st.integers(-9, 60)},
    }
    kind = draw(st.sampled_from(sorted(kinds)))
    return {"name": kind, **{name: draw(values) for name, values in kinds[kind].items()}}


@given(
    spec=shape_rules(),
    data_type=st.sampled_from(["SMALLINT", "INT", "DECIMAL(9,2)", "DECIMAL(25,3)", "REAL", "DOUBLE"]),
    low=st.decimals(-50, 50, places=1),
    span=st.decimals(0, 40, places=1),
)
@settings(max_examples=150, deadline=None)
def test_values_keep_to_the_bounds_or_are_refused(
    spec: Json, data_type: str, low: Decimal, span: Decimal
) -> None:
    ends = {"min_value": str(low), "max_value": str(low + span)}
    try:
        plan = planned(table("t", 3000, column("x", data_type, rule=spec, **ends)))
    except PlanError:
        event("refused")
        return
    x = made(plan, "t")
    if "25" in data_type:
        x = [word + ((high - (1 << 64 if high >> 63 else 0)) << 64) for word, high in x]
    scale = {"DECIMAL(9,2)": 2, "DECIMAL(25,3)": 3}.get(data_type, 0)
    # a bound such as 0.1 is the float nearest to it
    slack = Decimal("0.00001") if data_type in ("REAL", "DOUBLE") else 0
    assert (
        low - slack <= Decimal(min(x)).scaleb(-scale) <= Decimal(max(x)).scaleb(-scale) <= low + span + slack
    )


@given(
    spans=st.lists(st.tuples(st.integers(0, 99), st.integers(1, 70_000)), min_size=1, max_size=9),
    start=st.integers(0, 1 << 40),
)
@settings(max_examples=60, deadline=None)
def test_a_range_of_indices_is_never_left(spans: list[tuple[int, int]], start: int) -> None:
    starts, sizes, end = [], [], 0
    for gap, size in spans:
        starts.append(end + gap)
        sizes.append(size)
        end += gap + size
    choice = Uniform(Stream.named(1, "bin"), len(spans))
    tables = (np.array(starts, dtype=np.uint64), np.array(sizes, dtype=np.uint64))
    binned = Binned(choice, Stream.named(1, "within"), *tables, end)
    rows = Rows.run(start, start + 500)
    places = choice.index(rows).astype(np.int64)
    within = binned.index(rows) - tables[0][places]
    assert (within < tables[1][places]).all()


def test_threads_do_not_disturb_one_another() -> None:
    """Samplers work in arrays that belong to their thread."""
    parts = (part("gamma", shape=2, scale=9), part("normal", 0.71, mean=90, stddev=3))
    kernel = (
        planned(table("t", 10**6, column("x", "DECIMAL(30,2)", **mixture(*parts))))
        .tables[0]
        .columns[0]
        .kernel
    )
    runs = [Rows.run(start, start + BLOCK) for start in range(0, 12 * BLOCK, BLOCK)]
    alone = [kernel.values(rows).values.copy() for rows in runs]
    together: list[bool] = []

    def work() -> None:
        same = [
            np.array_equal(kernel.values(rows).values, one) for rows, one in zip(runs, alone, strict=True)
        ]
        together.append(all(same))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [True] * 4


MODULES = (choices, continuous, discrete, histograms, mixtures, numbers)
CLASSES = [item for module in MODULES for item in vars(module).values() if getattr(item, "examples", ())]


@pytest.mark.parametrize("rule_class", dict.fromkeys(CLASSES), ids=lambda item: item.__name__)
def test_a_rule_shows_itself_in_every_kind_of_column_and_says_what_its_options_are(rule_class: Any) -> None:
    schema = rule_class.model_json_schema()
    assert all(option.get("description") for option in schema.get("properties", {}).values())
    assert not schema["description"].split("\n")[0].startswith("What the")
    for example in rule_class.examples:
        columns = [example] if isinstance(example, dict) else list(example)
        assert columns[-1]["name"] == "value"
        assert planned(table("t", 100, *columns)).tables[0].columns[-1].kernel


def test_the_benchmark_measures_examples_of_every_form() -> None:
    value = column("value", "INT", **rule("constant", value=1))
    parent = table("p", 5, column("id", "INT"))
    forms = [value, [column("a", "INT"), value], {"tables": [parent, {"name": "c", "columns": [value]}]}]
    found = [benchmark.tables_of(form, 300) for form in forms]
    assert [[len(t["columns"]) for t in tables] for tables in found] == [[1], [2], [1, 1]]
    assert [tables[-1]["target_rows"] for tables in found] == [300] * 3
    assert found[2][0]["target_rows"] == 5


def test_the_benchmark_measures_a_rule_and_compares_it_with_its_target(
    capsys: pytest.CaptureFixture[str],
) -> None:
    results = benchmark.measured(list(benchmark.cases(["constant", "uniform"])), 1)
    assert {result["rule"] for result in results} == {"constant", "uniform"}
    assert all(result["target"] == 8 and result["nanoseconds"] > 0 for result in results)
    benchmark.show([{**results[0], "missed": True}])
    assert "1 of 1 cost more than they are meant to" in capsys.readouterr().out


def test_targets_are_those_of_rules() -> None:
    names = Registry().names("rule")
    assert {"choice", "normal", "mixture", "faker"} <= set(benchmark.TARGETS) & set(names)


@pytest.mark.parametrize(
    ("data_type", "declared"),
    [
        ("INT", mixture(part("normal", 1e308, mean=0, stddev=1), part("uniform", 1e308, low=-5, high=5))),
        ("INT", {**mixture(part("normal", 1e-300, mean=0, stddev=1)), "min_value": 30, "max_value": 40}),
        ("INT", {**histogram([0, 10**9], 1e-320), "min_value": 30, "max_value": 30}),
        ("DOUBLE", {**histogram([0, 10**9], 1e-320), "min_value": 30, "max_value": 30.001}),
        ("INT", rule("choice", values=[1, 2, 3], weights=[1e308] * 3)),
        ("DATE", rule("calendar", weekdays=[1e308] * 7, months={"jan": 1e308})),
        ("DATE", rule("calendar", weekdays=[1e-320] * 7, months=[1e-320] * 12)),
        ("DATE", rule("calendar", holidays=["12-25"], holiday_weight=1e308)),
    ],
)
def test_weights_in_any_unit_keep_their_proportions(data_type: str, declared: Json) -> None:
    values = made(planned(table("t", 3000, column("v", data_type, **declared))), "t")
    if declared["rule"]["name"] == "choice":
        assert all(abs(values.count(n) - 1000) < 150 for n in (1, 2, 3))
    elif declared.get("min_value"):
        assert 30 <= min(values) <= max(values) <= declared["max_value"]
    else:
        assert len(set(values)) > 5


def test_a_range_that_is_not_declared_ends_where_the_type_does() -> None:
    def values(data_type: str, rows: int, **fields: Any) -> list[Any]:
        return made(planned(table("t", rows, column("v", data_type, **fields))), "t")

    assert set(values("DECIMAL(2,1)", 5000, **rule("zipf", s=0.1))) == {n * 10 for n in range(1, 10)}
    assert max(values("TINYINT", 5000, **rule("zipf", s=0.1))) == 127
    assert max(values("BIGINT", 500, min_value=2**63 - 3, **rule("zipf", s=0.1))) == 2**63 - 1
    assert values("DECIMAL(4,2)", 3, min_value=0.5, **rule("sequence")) == [100, 200, 300]


# --- a stranger's distribution, which says that it can be mixed


class Halves(Continuous):
    """Every value from 0 to 0.5."""

    guesses: ClassVar = (Guess("half|damping ratio", frozenset({Kind.FLOAT}), "a half", rule("halves")),)

    def distribution(self, _declared: DeclaredRange) -> distributions.Shape:
        return distributions.even(0, 0.5)


class _Plugin:
    @hookimpl
    def dw_simulator_rules(self) -> Json:
        return {"halves": f"{__name__}:Halves"}


def test_a_rule_of_a_plugin_joins_mixtures_by_saying_so() -> None:
    known = Registry()
    known.register(_Plugin(), Owner("halves"))
    both = mixture(part("halves"), part("constant", value=7))
    experiment = reading.parse(
        {"name": "x", "tables": [table("t", 2000, column("v", "DOUBLE PRECISION", **both))]}
    )
    values = made(plan(experiment, 7, Rulebook(known)), "t")
    assert {value == 7 or 0 <= value <= 0.5 for value in values} == {True}
    assert 800 < sum(value == 7 for value in values) < 1200
    (named,) = (
        body["properties"]["type"]["enum"]
        for name, body in rule_schema(known, "mixture").items()
        if name.endswith("Component")
    )
    assert "halves" in named
    assert "uniform" in named
    assert "zipf" not in named


def test_a_rule_of_a_plugin_joins_imports_checks_and_comparisons_from_its_one_file() -> None:
    known = Registry()
    known.register(_Plugin(), Owner("halves"))
    columns = (column("damping_ratio", "DOUBLE PRECISION"), column("most", "DOUBLE PRECISION"))
    checks = ["damping_ratio >= 0.25", "damping_ratio <= most"]
    springs = table("springs", 2000, *columns, checks=checks)
    rules = Rulebook(known)
    experiment = infer(reading.parse({"name": "x", "tables": [springs]}), rules)
    ratio = experiment.tables[0].columns[0]
    assert ratio.inferred == "damping_ratio looks like a half"
    assert ratio.rule_spec is not None
    assert ratio.rule_spec.name == "halves"
    found = plan(experiment, 7, rules)
    assert found.warnings == ()
    ratios, most = made(found, "springs", "damping_ratio"), made(found, "springs", "most")
    assert 0.25 <= min(ratios) < 0.26
    assert 0.49 < max(ratios) <= 0.5
    assert all(ratio <= above for ratio, above in zip(ratios, most, strict=True))
    assert len(set(ratios)) > 1000

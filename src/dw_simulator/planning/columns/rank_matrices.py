"""From rank correlations that users give to weights of normal scores.

Two normal scores that are correlated by 2 sin(pi r / 6) have the rank correlation r (Spearman's), and so has
what rises with them. Where values repeat, they share their mean rank, and that takes something off. The
correlation of the scores is then raised until what was given comes out: the mean ranks, as functions of the
score, are written in Hermite polynomials h_k, in which

    correlation of ranks where scores are correlated by p  =  sum of a_k b_k p^k / (spread of a * of b)

(Kibble, "An extension of a theorem of Mehler's on Hermite polynomials", 1945). All of it is worked out
while planning, and rounded: the same weights on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sin, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.selectors.alias_tables import steady
from dw_simulator.engine.selectors.quantiles import Floats
from dw_simulator.errors import Refusal

GRID = 4096
"""At so many positions, evenly spread, it is looked at where values repeat."""
_ORDER = 200  # of the polynomials
_FEW_TIES = 1e-4
_MOST = 0.9995
_LEAST = 1e-6
"""A matrix with a smaller eigenvalue says that one of its columns follows from the others."""

Matrix = Sequence[Sequence[float]]


@dataclass(frozen=True, eq=False)
class MeanRanks:
    """The mean ranks of a column's values, by their normal score.

    coefficients  of their Hermite polynomials 1 to 200, float64[200], divided by their spread
    """

    coefficients: Floats

    @classmethod
    def of(cls, starts: NDArray[np.int64]) -> "MeanRanks | None":
        """Those of values that change at some of GRID positions; None where hardly any repeat.

        starts  the first position of each value, from 0 on
        """
        borders = np.append(starts, GRID) / GRID
        shares = np.diff(borders)
        if float((shares**3).sum()) < _FEW_TIES:
            return None
        ranks = (borders[:-1] + borders[1:]) / 2 - 0.5
        spread = sqrt(float((shares * ranks**2).sum()))
        if spread == 0.0:  # one value
            return cls(np.zeros(_ORDER))
        edges = np.array([NormalDist().inv_cdf(p) for p in borders[1:-1].tolist()])
        return cls(_coefficients(ranks, edges) / spread)

    @classmethod
    def even(cls) -> "MeanRanks":
        """Those of values that never repeat."""
        return cls(_coefficients((np.arange(GRID) + 0.5) / GRID - 0.5, _even_edges()) * sqrt(12.0))


def _even_edges() -> Floats:
    return np.array([NormalDist().inv_cdf(k / GRID) for k in range(1, GRID)])


def _coefficients(ranks: Floats, edges: Floats) -> Floats:
    """Of a function that takes a step at each edge: the sum of steps times h_(k-1) * density / sqrt(k)."""
    steps = np.diff(ranks) * np.exp(-(edges**2) / 2) / sqrt(2 * pi)
    before, now = np.zeros(len(edges)), np.ones(len(edges))
    found = np.empty(_ORDER)
    for k in range(1, _ORDER + 1):
        found[k - 1] = float((steps * now).sum()) / sqrt(k)
        before, now = now, (edges * now - sqrt(k - 1) * before) / sqrt(k)
    return found


def _of_scores(rank: float, one: MeanRanks | None, other: MeanRanks | None) -> float:
    """The correlation of scores whose ranks are correlated so. Raises ValueError(the furthest)."""
    if rank == 0.0 or (one is None and other is None):
        return float(steady(np.array(2 * sin(pi * rank / 6))))
    even = MeanRanks.even()
    products = (one or even).coefficients * (other or even).coefficients
    powers = np.arange(1, _ORDER + 1)

    def reached(p: float) -> float:
        return float((products * p**powers).sum())

    low, high = (-_MOST, 0.0) if rank < 0 else (0.0, _MOST)
    if not reached(low) <= rank <= reached(high):
        raise ValueError(reached(low) if rank < 0 else reached(high))
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if reached(middle) < rank else (low, middle)
    return float(steady(np.array((low + high) / 2)))


def weights(names: Sequence[str], ranks: Matrix, mean_ranks: Sequence[MeanRanks | None]) -> list[list[float]]:
    """For each column the weights of the draws up to its own: the Cholesky factor of the matrix.

    names   of the columns, for who reads the refusal
    mean_ranks  of each column, None where its values hardly repeat

    Raises Refusal where no columns can go together so.
    """
    scores = [[1.0] * len(names) for _ in names]
    for i in range(len(names)):
        for j in range(i):
            try:
                found = _of_scores(ranks[i][j], mean_ranks[i], mean_ranks[j])
            except ValueError as error:
                furthest = _down(float(error.args[0]))
                raise Refusal(
                    f"values of {names[j]} or {names[i]} repeat so often that a rank correlation of "
                    f"{ranks[i][j]:g} is beyond what they can have",
                    f"say {furthest:g}, or let them have more values",
                ) from None
            scores[i][j] = scores[j][i] = found
    least = float(np.linalg.eigvalsh(np.array(scores))[0])
    if least < _LEAST:
        raise _impossible(names, ranks, scores, least)
    return _factor(scores)


def _factor(scores: Matrix) -> list[list[float]]:
    """Cholesky's, by single operations that every machine rounds alike; rows have the length 1."""
    rows: list[list[float]] = []
    for i in range(len(scores)):
        row: list[float] = []
        for j in range(i):
            done = sum(row[k] * rows[j][k] for k in range(j))
            row.append((scores[i][j] - done) / rows[j][j])
        row.append(sqrt(1.0 - sum(part * part for part in row)))
        rows.append(row)
    return rows


def _impossible(names: Sequence[str], ranks: Matrix, scores: Matrix, least: float) -> Refusal:
    if len(names) == 2:
        return Refusal(
            f"a rank correlation of {ranks[0][1]:g} says that {names[1]} follows from {names[0]}",
            "say 0.99, or make one from the other: an expression",
        )
    nearest = _nearest(ranks, scores)
    pairs = [(i, j) for i in range(len(names)) for j in range(i)]
    i, j = max(pairs, key=lambda pair: abs(ranks[pair[0]][pair[1]] - nearest[pair[0]][pair[1]]))
    written = ", ".join("[" + ", ".join(f"{one:g}" for one in row) + "]" for row in nearest)
    return Refusal(
        f"no columns go together so: the smallest eigenvalue of the matrix is {least:.3g}, not above 0",
        f"say {nearest[i][j]:g} for {names[j]} with {names[i]}, first of all; near by is [{written}]",
    )


def _nearest(ranks: Matrix, scores: Matrix) -> list[list[float]]:
    """Rank correlations near those given that can be, with two digits."""
    given = np.array(ranks, dtype=np.float64)
    values, vectors = np.linalg.eigh(np.array(scores))
    lifted = (vectors * np.maximum(values, 0.01)) @ vectors.T
    scale = np.sqrt(np.diag(lifted))
    near = 6 / pi * np.arcsin(np.clip(lifted / scale / scale[:, None], -1.0, 1.0) / 2)
    while True:
        found = np.array([[_down(one) for one in row] for row in near.tolist()])
        np.fill_diagonal(found, 1.0)
        if float(np.linalg.eigvalsh(2 * np.sin(pi * found / 6))[0]) > 0.001:
            return [[float(one) for one in row] for row in np.where(given == found, given, found)]
        near = near * 0.99


def _down(value: float) -> float:
    """Two digits, towards 0."""
    return int(value * 100) / 100

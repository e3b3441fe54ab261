"""A mixture by position: its shapes are one shape, whose values rise.

Which of several shapes a value is from has nothing to do with how large it is. So the mixture's own
distribution is worked out: below each knot of one of the shapes lies so much of every shape, each as its
weight says. Between two such knots it goes in a line, as the shapes do; a single value is a step.

    70 % are 0, 30 % lie evenly from 10 to 20        position 0 to 0.7: 0        0.7 to 1: 10 to 20
"""

from dataclasses import dataclass

import numpy as np

from dw_simulator.engine.rows import Rows, Selector
from dw_simulator.engine.selectors.bands import Bands
from dw_simulator.engine.selectors.quantiles import Floats, Mixture, probabilities
from dw_simulator.engine.selectors.sampling import Alias, Slots


@dataclass(frozen=True, eq=False)
class Blend:
    """Values of a mixture by positions that are drawn elsewhere, spread evenly over 64 bits.

    bands         stretches of the positions
    lows, widths  float64: the value where each begins, and how far it goes
    """

    positions: Selector
    bands: Bands
    lows: Floats
    widths: Floats

    @classmethod
    def of(cls, mixture: Mixture, positions: Selector) -> "Blend | None":
        """The values of a mixture; None where the weights of its shapes are not known."""
        if not isinstance(mixture.choice, Slots | Alias):
            return None
        weights = mixture.choice.weights / mixture.choice.weights.sum()
        shapes = [_line(*mixture.shapes.knots_of(k)) for k in range(len(weights))]
        values = np.unique(np.concatenate([values for values, _shares in shapes]))
        # how much lies below each value, and how much not above it
        before, until = np.zeros(len(values)), np.zeros(len(values))
        for weight, (own, shares) in zip(weights.tolist(), shapes, strict=True):
            before += weight * _reached(values, own, shares, "left")
            until += weight * _reached(values, own, shares, "right")
        shares = np.maximum.accumulate(np.stack([before, until], axis=1).reshape(-1))
        ends = np.repeat(values, 2)
        bands, kept = Bands.of(np.diff(shares, prepend=0.0, append=1.0))
        lows = np.concatenate([ends[:1], ends])
        widths = np.diff(np.concatenate([ends[:1], ends, ends[-1:]]))
        return cls(positions, bands, lows[kept], widths[kept])

    @property
    def independent(self) -> bool:
        """Whether a row's value may be asked at any 64-bit row number."""
        return self.positions.independent

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest value that can come out."""
        return float(self.lows[0]), float(self.lows[-1] + self.widths[-1])

    def values(self, rows: Rows) -> Floats:
        """float64[n], fresh."""
        at, share = self.bands.of_words(self.positions.index(rows))
        share *= self.widths[at]
        share += self.lows[at]
        return share


def _line(rising: Floats, falling: Floats) -> tuple[Floats, Floats]:
    """(values, how much lies below them) of a shape, both from its lower end on."""
    p = probabilities()
    values = np.maximum.accumulate(np.concatenate([rising, falling[-2::-1]]))
    return values, np.concatenate([[0.0], p[1:], 1.0 - p[-2:0:-1], [1.0]])


def _reached(at: Floats, values: Floats, shares: Floats, side: str) -> Floats:
    """How much of a shape lies below some values, these left out (left) or not (right)."""
    if side == "left":
        behind = np.minimum(np.searchsorted(values, at, side="left"), len(values) - 1)
        ahead = np.maximum(behind - 1, 0)
        exact = behind
    else:
        ahead = np.maximum(np.searchsorted(values, at, side="right") - 1, 0)
        behind = np.minimum(ahead + 1, len(values) - 1)
        exact = ahead
    gap = values[behind] - values[ahead]
    part = np.clip((at - values[ahead]) / np.where(gap > 0, gap, 1.0), 0.0, 1.0)
    between = shares[ahead] + part * (shares[behind] - shares[ahead])
    found = np.where(values[exact] == at, shares[exact], between)
    return np.where(at < values[0], 0.0, np.where(at > values[-1], 1.0, found))

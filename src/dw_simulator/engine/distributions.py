"""Continuous shapes as quantile tables and counts as weights, cut to bounds by renormalising.

The only module that calls scipy, for gamma and beta, and only while planning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import erfc, floor, inf, sqrt
from statistics import NormalDist

import numpy as np

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.selectors.alias_tables import steady
from dw_simulator.engine.selectors.quantiles import Curve, Floats, Quantiles, knots_and_widths
from dw_simulator.engine.selectors.sampling import Alias, Floored, Slots, weighted
from dw_simulator.errors import Refusal

_LEAST_MASS = 1e-290
_STANDARD, _ROOT_OF_TWO = NormalDist(), sqrt(2.0)
_NEVER = 45.0  # e^-45 is less than 2^-64
_shared = lru_cache(maxsize=256)
"""Columns of a schema have few shapes, and the tables of those that are alike are one: each takes 100 kB."""


@dataclass(frozen=True)
class Shape:
    """A continuous distribution by the functions of a standard one: a value is `location + factor * z`.

    below(z), above(z)  the probability of a value up to z, and beyond z
    lower(p), upper(p)  their inverses
    mirror              the same distribution, seen from its upper end, for one between two ends

    Only the standard one's quantiles are rounded (see `steady`), so that neither a mean far from 0 nor a
    high density at an end costs digits.
    """

    below: Curve
    above: Curve
    lower: Curve
    upper: Curve
    location: float = 0.0
    factor: float = 1.0
    mirror: "Shape | None" = None

    def _placed(self, z: Floats) -> Floats:
        return self.location + self.factor * steady(z)

    def _from_below(self, p: Floats) -> Floats:
        """The value that has the probability p below it."""
        z = self.lower(p)
        if self.mirror is None:
            return self._placed(z)
        return np.where(z <= 0.5, self._placed(z), self.mirror._placed(self.mirror.upper(p)))

    def _from_above(self, q: Floats) -> Floats:
        """The value that has the probability q above it."""
        z = self.upper(q)
        if self.mirror is None:
            return self._placed(z)
        return np.where(z <= 0.5, self._placed(z), self.mirror._placed(self.mirror.lower(q)))

    def _standard(self, x: float) -> Floats:
        return np.array((x - self.location) / self.factor)

    def mass(self, low: float, high: float) -> float:
        """The probability of a value between low and high, either of which may be infinite.

        Raises Refusal where next to nothing of the shape lies between them.
        """
        first, last = self._standard(low), self._standard(high)
        # a difference of two probabilities in the tail that is nearer, where neither has lost its digits
        if float(self.below(first)) > 0.5:
            mass = float(self.above(first)) - float(self.above(last))
        elif float(self.above(last)) > 0.5:
            mass = float(self.below(last)) - float(self.below(first))
        else:
            mass = 1.0 - float(self.below(first)) - float(self.above(last))
        if not mass > _LEAST_MASS:
            raise Refusal(
                f"nothing of the distribution lies between {low:g} and {high:g}",
                "move the bounds or the parameters",
            )
        return mass

    def table(self, stream: Stream, low: float, high: float, scale: float = 1.0) -> Quantiles:
        """The shape between low and high (either may be infinite), its values times `scale`.

        The share that the bounds cut off is spread over the rest in proportion: no spikes at the bounds.
        Raises Refusal where next to nothing of the shape lies between the bounds.
        """
        return Quantiles(stream, *_knots(self, low, high, scale))

    def knots(self, low: float, high: float, scale: float) -> tuple[Floats, Floats]:
        """The values at the knots of that table, and the widths between them."""
        mass = self.mass(low, high)
        first, last = self._standard(low), self._standard(high)
        under, from_above = float(self.below(first)), float(self.above(first))
        over, from_below = float(self.above(last)), float(self.below(last))

        def at(p: Floats) -> Floats:
            """The value with the share p of the cut shape below it, by the tail that is exact there."""
            at_low = under + p * mass
            values = np.where(
                at_low <= 0.5, self._from_below(at_low), self._from_above(from_above - p * mass)
            )
            return np.clip(values, low, high) * scale

        def down(q: Floats) -> Floats:
            """The value with the share q above it."""
            at_high = over + q * mass
            values = np.where(
                at_high <= 0.5, self._from_above(at_high), self._from_below(from_below - q * mass)
            )
            return np.clip(values, low, high) * scale

        # both branches of `where` are computed, and the one not taken may divide by zero
        with np.errstate(all="ignore"):
            return knots_and_widths(at, down)


_knots = _shared(Shape.knots)


def _normal_share(z: Floats) -> Floats:
    """The share of a standard normal distribution below z, to the last digit at either end."""
    shares = [erfc(-value / _ROOT_OF_TWO) / 2 for value in np.ravel(z).tolist()]
    return np.array(shares).reshape(np.shape(z))


def _normal_quantile(p: Floats) -> Floats:
    """The value with the share p of a standard normal distribution below it, to 16 digits at either end."""
    return _normal_quantiles(np.ravel(p).tobytes()).reshape(np.shape(p))


@lru_cache(maxsize=64)
def _normal_quantiles(shares: bytes) -> Floats:
    """The same for the bytes of float64[n]: tables ask for the same wherever little is cut off."""
    inverse = _STANDARD.inv_cdf
    values = [
        inverse(share) if 0.0 < share < 1.0 else (-inf if share <= 0.0 else inf)
        for share in np.frombuffer(shares).tolist()
    ]
    found = np.array(values)
    found.flags.writeable = False
    return found


@_shared
def normal(mean: float, stddev: float) -> Shape:
    """The normal distribution."""
    return Shape(
        below=_normal_share,
        above=lambda z: _normal_share(-z),
        lower=_normal_quantile,
        upper=lambda q: -_normal_quantile(q),
        location=mean,
        factor=stddev,
    )


@_shared
def lognormal(mean: float, stddev: float) -> Shape:
    """exp of a normal value; mean and stddev are those of the logarithm."""

    def standard(x: Floats) -> Floats:
        log: Floats = np.log(np.maximum(x, np.finfo(np.float64).tiny))
        return (log - mean) / stddev

    return Shape(
        below=lambda x: np.where(x > 0, _normal_share(standard(x)), 0.0),
        above=lambda x: np.where(x > 0, _normal_share(-standard(x)), 1.0),
        lower=lambda p: np.exp(mean + stddev * _normal_quantile(p)),
        upper=lambda q: np.exp(mean - stddev * _normal_quantile(q)),
    )


@_shared
def exponential(rate: float) -> Shape:
    """The exponential distribution with the mean 1 / rate."""
    return Shape(
        below=lambda z: -np.expm1(-np.maximum(z, 0.0)),
        above=lambda z: np.exp(-np.maximum(z, 0.0)),
        lower=lambda p: -np.log1p(-p),
        upper=lambda q: -np.log(np.maximum(q, 1e-300)),
        factor=1 / rate,
    )


@_shared
def gamma(shape: float, scale: float) -> Shape:
    """The gamma distribution with the mean shape * scale."""
    # only who asks for the shape pays the import
    from scipy.special import gammainc, gammaincc, gammainccinv, gammaincinv  # noqa: PLC0415

    return Shape(
        below=lambda z: gammainc(shape, np.maximum(z, 0.0)),
        above=lambda z: gammaincc(shape, np.maximum(z, 0.0)),
        lower=lambda p: gammaincinv(shape, p),
        upper=lambda q: gammainccinv(shape, q),
        factor=scale,
    )


@_shared
def beta(alpha: float, beta_: float, low: float, high: float) -> Shape:
    """The beta distribution, stretched from [0, 1] to [low, high]."""
    from scipy.special import betainc, betaincc, betainccinv, betaincinv  # noqa: PLC0415

    def seen(a: float, b: float, location: float, factor: float, mirror: Shape | None = None) -> Shape:
        return Shape(
            below=lambda z: betainc(a, b, np.clip(z, 0.0, 1.0)),
            above=lambda z: betaincc(a, b, np.clip(z, 0.0, 1.0)),
            lower=lambda p: betaincinv(a, b, p),
            upper=lambda q: betainccinv(a, b, q),
            location=location,
            factor=factor,
            mirror=mirror,
        )

    return seen(alpha, beta_, low, high - low, seen(beta_, alpha, high, low - high))


@_shared
def pareto(alpha: float, minimum: float) -> Shape:
    """The Pareto distribution: x is exceeded with the probability (minimum / x)^alpha.

    The standard one is what goes beyond the minimum.
    """
    return Shape(
        below=lambda z: -np.expm1(-alpha * np.log1p(np.maximum(z, 0.0))),
        above=lambda z: np.exp(-alpha * np.log1p(np.maximum(z, 0.0))),
        lower=lambda p: np.expm1(-np.log1p(-p) / alpha),
        upper=lambda q: np.expm1(-np.log(np.maximum(q, 1e-300)) / alpha),
        location=minimum,
        factor=minimum,
    )


@_shared
def triangular(low: float, mode: float, high: float) -> Shape:
    """A density that rises in a line from low to mode and falls in a line to high."""
    peak, rest = (mode - low) / (high - low), (high - mode) / (high - low)
    rise, fall = max(peak, 1e-300), max(rest, 1e-300)

    def left(z: Floats) -> Floats:
        return np.clip(z, 0.0, peak) ** 2 / rise

    def right(z: Floats) -> Floats:
        return np.clip(1 - z, 0.0, rest) ** 2 / fall

    return Shape(
        below=lambda z: np.where(z <= peak, left(z), 1 - right(z)),
        above=lambda z: np.where(z >= peak, right(z), 1 - left(z)),
        lower=lambda p: np.where(p <= peak, np.sqrt(p * peak), 1 - np.sqrt((1 - p) * rest)),
        upper=lambda q: np.where(q <= rest, 1 - np.sqrt(q * rest), np.sqrt((1 - q) * peak)),
        location=low,
        factor=high - low,
    )


@_shared
def even(low: float, high: float) -> Shape:
    """All values between low and high, equally likely."""
    return Shape(
        below=lambda z: np.clip(z, 0.0, 1.0),
        above=lambda z: np.clip(1 - z, 0.0, 1.0),
        lower=lambda p: p,
        upper=lambda q: 1 - q,
        location=low,
        factor=high - low,
    )


Counts = tuple[int, Alias | Slots | Floored]
"""The least count, and a selector of the counts from it on."""


def poisson(stream: Stream, rate: float, low: float = 0, high: float = inf) -> Counts:
    """Counts with the mean `rate` within [low, high]."""
    reach = 12 * sqrt(rate) + 40  # less than 2^-64 of the mass lies further out
    first, last = _reached(rate, reach, max(low, 0), high)
    return first, _around(stream, floor(rate), first, last, lambda k: rate / (k + 1))


def binomial(stream: Stream, n: int, p: float, low: float = 0, high: float = inf) -> Counts:
    """How many of n trials succeed, each with probability p, within [low, high]."""
    reach = 12 * sqrt(n * p * (1 - p)) + 40 if 0 < p < 1 else 0
    first, last = _reached(n * p, reach, max(low, 0), min(high, n))
    odds = p / (1 - p) if p < 1 else 0.0
    return first, _around(stream, floor((n + 1) * p), first, last, lambda k: (n - k) / (k + 1) * odds)


def geometric(stream: Stream, p: float, low: float = 1, high: float = inf) -> Counts:
    """How many trials there are up to the first success, each with probability p, within [low, high]."""
    first = int(max(low, 1))
    rate = float(steady(-np.log1p(-np.array(p)))) if p < 1 else inf
    if high < first or (first > 1 and rate * (first - 1) > _NEVER):
        raise _hardly_ever(1 / p, low, high)
    size = int(min(high - first, _NEVER / rate)) + 1
    if size <= _TABLE:
        shares = np.cumprod(np.concatenate([[1.0], np.full(size - 1, 1 - p)]))
        return first, weighted(stream, shares)
    # whole parts of an exponential value; having lasted so long, the trials begin anew
    return first, Floored(exponential(rate).table(stream, 0.0, float(size)), size)


_TABLE = 1 << 16


def _reached(mean: float, reach: float, low: float, high: float) -> tuple[int, int]:
    """First and last count within the bounds that are no further than `reach` from the mean."""
    first, last = max(low, floor(mean - reach)), min(high, -floor(-mean - reach))
    if first > last:
        raise _hardly_ever(mean, low, high)
    return int(first), int(last)


def _hardly_ever(mean: float, low: float, high: float) -> Refusal:
    return Refusal(
        f"counts around {mean:g} hardly ever lie between {low:g} and {high:g}",
        "move the bounds or the parameters",
    )


def _around(
    stream: Stream, mode: int, first: int, last: int, ratio: Callable[[Floats], Floats]
) -> Alias | Slots:
    """Counts from first to last, count k + 1 being ratio(k) times as likely as k.

    From the mode outwards by single multiplications and divisions, which every machine rounds alike.
    """
    mode = min(max(mode, first), last)
    above = np.cumprod(ratio(np.arange(mode, last, dtype=np.float64)))
    below = np.cumprod(1 / ratio(np.arange(mode - 1, first - 1, -1, dtype=np.float64)))
    return weighted(stream, np.concatenate([below[::-1], [1.0], above]))

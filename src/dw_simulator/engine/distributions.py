"""Continuous shapes as quantile tables and counts as weights, cut to bounds by renormalising.

The only module that calls scipy, and only while planning.
"""

from dataclasses import dataclass
from math import inf

import numpy as np

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rules import Refusal
from dw_simulator.engine.sampling import Alias, Curve, Floats, Quantiles, Slots, weighted

_LEAST_MASS = 1e-290


@dataclass(frozen=True)
class Shape:
    """A continuous distribution by its four functions.

    below(x), above(x): the probability of a value up to x, and beyond x
    lower(p), upper(p): their inverses
    """

    below: Curve
    above: Curve
    lower: Curve
    upper: Curve

    def table(self, stream: Stream, low: float, high: float, scale: float = 1.0) -> Quantiles:
        """The shape between low and high (either may be infinite), its values times `scale`.

        The share that the bounds cut off is spread over the rest in proportion: no spikes at the bounds.
        Raises Refusal where next to nothing of the shape lies between the bounds.
        """
        under, over = float(self.below(np.array(low))), float(self.above(np.array(high)))
        if under <= 0.5:
            mass = 1.0 - under - over
            if over > 0.5:  # both bounds in the lower tail
                mass = float(self.below(np.array(high))) - under
        else:
            mass = float(self.above(np.array(low))) - over
        if not mass > _LEAST_MASS:
            raise Refusal(
                f"nothing of the distribution lies between {low:g} and {high:g}",
                "move the bounds or the parameters",
            )
        from_above = float(self.above(np.array(low)))

        def at(p: Floats) -> Floats:
            """The value with the share p of the cut shape below it, by the tail that is exact there."""
            return np.where(
                under + p * mass <= 0.5, self.lower(under + p * mass), self.upper(from_above - p * mass)
            )

        def down(q: Floats) -> Floats:
            """The value with the share q above it."""
            from_below = float(self.below(np.array(high)))
            return np.where(
                over + q * mass <= 0.5, self.upper(over + q * mass), self.lower(from_below - q * mass)
            )

        def bounded(curve: Curve) -> Curve:
            return lambda p: np.clip(curve(p), low, high) * scale

        # both branches of `where` are computed, and the one not taken may divide by zero
        with np.errstate(all="ignore"):
            return Quantiles.of(stream, bounded(at), bounded(down))


def normal(mean: float, stddev: float) -> Shape:
    """The normal distribution."""
    from scipy.special import ndtr, ndtri  # noqa: PLC0415 - only who asks for the shape pays the import

    return Shape(
        below=lambda x: ndtr((x - mean) / stddev),
        above=lambda x: ndtr((mean - x) / stddev),
        lower=lambda p: mean + stddev * ndtri(p),
        upper=lambda q: mean - stddev * ndtri(q),
    )


def lognormal(mean: float, stddev: float) -> Shape:
    """exp of a normal value; mean and stddev are those of the logarithm."""
    log = normal(mean, stddev)

    def ln(x: Floats) -> Floats:
        return np.log(np.maximum(x, np.finfo(np.float64).tiny))

    return Shape(
        below=lambda x: np.where(x > 0, log.below(ln(x)), 0.0),
        above=lambda x: np.where(x > 0, log.above(ln(x)), 1.0),
        lower=lambda p: np.exp(log.lower(p)),
        upper=lambda q: np.exp(log.upper(q)),
    )


def exponential(rate: float) -> Shape:
    """The exponential distribution with the mean 1 / rate."""
    return Shape(
        below=lambda x: -np.expm1(-rate * np.maximum(x, 0.0)),
        above=lambda x: np.exp(-rate * np.maximum(x, 0.0)),
        lower=lambda p: -np.log1p(-p) / rate,
        upper=lambda q: -np.log(np.maximum(q, 1e-300)) / rate,
    )


def beta(alpha: float, beta_: float, low: float, high: float) -> Shape:
    """The beta distribution, stretched from [0, 1] to [low, high]."""
    from scipy.special import betainc, betaincc, betainccinv, betaincinv  # noqa: PLC0415

    span = high - low
    return Shape(
        below=lambda x: betainc(alpha, beta_, np.clip((x - low) / span, 0.0, 1.0)),
        above=lambda x: betaincc(alpha, beta_, np.clip((x - low) / span, 0.0, 1.0)),
        lower=lambda p: low + span * betaincinv(alpha, beta_, p),
        upper=lambda q: low + span * betainccinv(alpha, beta_, q),
    )


def poisson(stream: Stream, rate: float, low: float = 0, high: float = inf) -> tuple[int, Alias | Slots]:
    """Counts with the mean `rate` within [low, high]: the least one, and a selector of the counts from it."""
    reach = 12 * rate**0.5 + 40  # less than 2^-64 of the mass lies further out
    first, last = max(low, 0, np.floor(rate - reach)), min(high, np.ceil(rate + reach))
    if first > last:
        raise Refusal(
            f"counts around {rate:g} hardly ever lie between {low:g} and {high:g}",
            "move the bounds or the mean",
        )
    # from the mode outwards by single multiplications and divisions, which every machine rounds alike
    mode = int(min(max(np.floor(rate), first), last))
    above = np.cumprod(rate / np.arange(mode + 1, int(last) + 1, dtype=np.float64))
    below = np.cumprod(np.arange(mode, int(first), -1, dtype=np.float64) / rate)
    return int(first), weighted(stream, np.concatenate([below[::-1], [1.0], above]))

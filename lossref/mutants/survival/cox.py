"""Implementations of Cox's partial likelihood, right and wrong."""

from decimal import Decimal, localcontext

import numpy as np

from lossref.mutants.formulas import flushed, logsumexp, sloppy, soft_ce, soft_ce_gradient, softmax, within
from lossref.mutants.record import of


def each(of_one):
    """What a function of one cohort gives, cohort by cohort."""
    return lambda *given: np.array([of_one(*cohort) for cohort in zip(*given, strict=True)], given[0].dtype)


def at_risk(f, t, time):
    return np.where(t >= time, f, -np.inf).astype(f.dtype)


def by_times(f, e, t):
    """For each time of an event those at risk, and who has the event then."""
    times = np.unique(t[e == 1])
    return np.array([at_risk(f, t, time) for time in times]), np.array([(e == 1) & (t == time) for time in times]).astype(f.dtype)


def tied_value(f, e, t):
    return soft_ce(*by_times(f, e, t)).sum() if e.any() else 0


def tied_slopes(f, e, t):
    return soft_ce_gradient(*by_times(f, e, t)).sum(axis=0) if e.any() else 0 * f


def in_decimals(f, e, t):
    """Slopes in 350 decimal digits, rounded once."""
    if not np.isfinite(f).all():
        return tied_slopes(f, e, t)
    with localcontext(prec=350):
        found = [Decimal(0)] * len(f)
        for time in np.unique(t[e == 1]):
            most = max(f[t >= time])
            lags = [Decimal(float(x)) - Decimal(float(most)) if s >= time else None for x, s in zip(f, t, strict=True)]
            powers = [Decimal(0) if lag is None or lag < -2000 else lag.exp() for lag in lags]
            has = (e == 1) & (t == time)
            found = [so_far + int(has.sum()) * p / sum(powers) - int(h) for so_far, p, h in zip(found, powers, has, strict=True)]
        return np.array(list(map(float, found)), f.dtype)


def by_events(value=True, risk=at_risk, has=lambda e: e == 1):
    """Event by event, each with its own sum over those at risk."""

    def of_one(f, e, t):
        found = 0 * f
        for i in np.flatnonzero(has(e)):
            z = risk(f, t, t[i])[None]
            found = found + (logsumexp(z)[0] - f[i] if value else softmax(z)[0] - (np.arange(len(f)) == i))
        return found[0] if value else found

    return of_one


def in_order(f, e, t):
    """Only those later in the list of the times, ties as they come."""
    f, e = (x[np.argsort(t, kind="stable")] for x in (f, e))
    return sum((logsumexp(f[None, i:])[0] - f[i] for i in np.flatnonzero(e == 1)), start=0 * f[0])


def running(f, e, t):
    """The sum over all, less what is gone."""
    powers = np.exp(f - f.max())
    return sum((np.log(powers.sum() - powers[t < t[i]].sum()) + f.max() - f[i] for i in np.flatnonzero(e == 1)), start=0 * f[0])


def efron(f, e, t):
    found = 0 * f[0]
    for time in np.unique(t[e == 1]):
        z, who = at_risk(f, t, time)[None], (e == 1) & (t == time)
        share = softmax(z)[0][who].sum()
        found = found + sum(logsumexp(z)[0] + np.log1p(-k / who.sum() * share) for k in range(who.sum())) - f[who].sum()
    return found


def as_printed(f, e, t):
    return sum((np.log(np.exp(f)[t >= t[i]].sum()) - f[i] for i in np.flatnonzero(e == 1)), start=0 * f[0])


def with_eps(f, e, t):
    powers = np.exp(f - f.max())
    return sum((np.log(powers[t >= t[i]].sum() + 1e-7) + f.max() - f[i] for i in np.flatnonzero(e == 1)), start=0 * f[0])


def count(e):
    return np.maximum(e.sum(axis=1), 1)


loss, slope = each(tied_value), each(tied_slopes)
row = of("cox")
MUTANTS = (
    row("right", "in_decimals", "350 digits; the value time by time, a softmax with as many weights as events",
        loss, each(in_decimals), True),
    row("framework", "by_times", "time by time, rounded each: what several events push and pull one subject by cancels", gradient=slope,
        passes_gradcheck=True),
    row("framework", "by_events", "log-sum-exp less the log-hazard, and p - 1: tails are lost, and what cancels between events",
        each(by_events()), each(by_events(value=False)), True),
    row("textbook", "as_printed", "exp without a shift", each(as_printed)),
    row("textbook", "with_eps", "1e-7 inside the logarithm, as in pycox", each(with_eps)),
    row("textbook", "mean", "divided by the number of events", lambda f, e, t: loss(f, e, t) / count(e),
        lambda f, e, t: slope(f, e, t) / count(e)[:, None], True),
    row("textbook", "ties_in_order", "sorted by time, and whoever comes before in a tie is no longer at risk, as in pycox", each(in_order)),
    row("textbook", "efron", "Efron's ties", each(efron)),
    row("textbook", "running_sum", "the sum over all less what is gone: it cancels, to 0 or below", each(running)),
    row("broken", "all_are_events", "who was lost from sight counts as an event",
        each(by_events(has=lambda e: e >= 0)), each(by_events(value=False, has=lambda e: e >= 0)), True),
    row("broken", "later_alone", "only those with a later time are at risk",
        each(by_events(risk=lambda f, t, time: np.where(t > time, f, -1e30).astype(f.dtype)))),
    row("broken", "turned", "those with an earlier time are at risk",
        lambda f, e, t: loss(f, e, f.shape[1] - 1 - t), lambda f, e, t: slope(f, e, f.shape[1] - 1 - t), True),
    row("broken", "within_50", "log-hazards are clipped at 50 first", within(loss, 50), within(slope, 50), True),
    row("broken", "flushed", "losses below 1e-6 become 0", flushed(loss, 1e-6)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

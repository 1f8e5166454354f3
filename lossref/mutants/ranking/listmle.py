"""Implementations of ListMLE, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy, within
from lossref.mutants.record import of
from lossref.mutants.survival.cox import at_risk, by_events, each, in_decimals, in_order, running, tied_slopes, tied_value, with_eps


def drawn(of_cohort):
    """What a function gives of cohorts in which everyone has the event: items are drawn as those are."""
    return each(lambda s, r: of_cohort(s, np.ones_like(s), r))


def shifted_by_all(s, e, r):
    """Sums from the end on of exp(s - max), as in TF-Ranking: those of far lower scores are 0."""
    order = np.argsort(r, kind="stable")
    powers = np.exp(s - s.max())[order]
    return (np.log(np.cumsum(powers[::-1])[::-1]) + s.max() - s[order]).sum()


loss, slope = drawn(tied_value), drawn(tied_slopes)

row = of("listmle")
MUTANTS = (
    row("right", "in_decimals", "350 digits; the value draw by draw, a softmax with as many weights as items of that rank",
        loss, drawn(in_decimals), True),
    row("framework", "by_draws", "draw by draw, rounded each: what several pull and one pushes by cancels",
        gradient=slope, passes_gradcheck=True),
    row("framework", "by_items", "log-sum-exp less the score, and p - 1: tails are lost, and what cancels between draws",
        drawn(by_events()), drawn(by_events(value=False)), True),
    row("textbook", "one_shift", "cumulated exponentials with one shift, as in TF-Ranking: sums from the end on are 0, and log gives -inf",
        drawn(shifted_by_all)),
    row("textbook", "with_eps", "1e-7 inside the logarithm, as allRank has 1e-10", drawn(with_eps)),
    row("textbook", "mean", "divided by the number of items", lambda s, r: loss(s, r) / s.shape[1],
        lambda s, r: slope(s, r) / s.shape[1], True),
    row("textbook", "ties_in_order", "ties are broken as they come in the list", drawn(in_order)),
    row("textbook", "running_sum", "the sum over all less what is gone: it cancels, to 0 or below", drawn(running)),
    row("textbook", "first_alone", "only the first draw, a softmax cross-entropy (top one)",
        each(lambda s, r: tied_value(s, np.float64(r == r.min()).astype(s.dtype), r)),
        each(lambda s, r: tied_slopes(s, np.float64(r == r.min()).astype(s.dtype), r)), True),
    row("broken", "turned", "the last is to be drawn first",
        lambda s, r: loss(s, s.shape[1] - 1 - r), lambda s, r: slope(s, s.shape[1] - 1 - r), True),
    row("broken", "as_an_order", "the ranks are taken for the list of items in order",
        each(lambda s, r: tied_value(s[r], np.ones_like(s), np.arange(len(s))))),
    row("broken", "later_alone", "who is drawn is not among those left",
        drawn(by_events(risk=lambda s, r, rank: np.where(r > rank, s, -1e30).astype(s.dtype)))),
    row("broken", "all_left", "nobody is gone once drawn", drawn(by_events(risk=lambda s, r, rank: at_risk(s, r, 0)))),
    row("broken", "within_50", "scores are clipped at 50 first", within(loss, 50), within(slope, 50), True),
    row("broken", "flushed", "losses below 1e-6 become 0", flushed(loss, 1e-6)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

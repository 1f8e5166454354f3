"""QueryRMSE, the root mean squared error of a query's documents, when what all predictions of it are off by alike is taken off.

    L(f, y) = sqrt(1/n sum_i (r_i - r)^2) = sqrt(1/n sum_i r_i^2 - r^2),      r_i = f_i - y_i,      r = 1/n sum_i r_i

prediction  f, scores of the n documents of a query, any real; one query is one example
target      y, how relevant each is, any real
It is the standard deviation of the residuals, and as `root_mean_squared_error` at the offset that is best for the query: the scores
of one query need only be right beside one another. CatBoost takes the root of the mean over all documents of several queries. Where
all residuals are equal the loss has a corner, as a norm has; this code returns 0 there.
"""

from lossref.families.vectors import almost_alike, off_alike, one_off, residuals
from lossref.float64.squares import residual_parts, root_mean_square, root_mean_square_slopes
from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, shift_invariant, symmetric
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    return root_mean_square(residual_parts(prediction, target, centred=True))


def gradient(prediction, target):
    return root_mean_square_slopes(residual_parts(prediction, target, centred=True))


def definition(m, prediction, target):
    off, n = [f - y for f, y in zip(prediction, target, strict=True)], len(target)
    return m.sqrt(m.sum(r**2 for r in off) / n - (m.sum(off) / n) ** 2)


LOSS = Loss(
    name="query_rmse",
    arguments={"prediction": Real("n"), "target": Real("n")},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, symmetric, shift_invariant, even_in_residual, homogeneous(1, "prediction", "target")),
    hard=(
        *residuals("prediction", "target"),
        Hard("offset", "cancellation", "predictions that are all off by much, but for a little: the offset costs nothing",
             lambda d: off_alike(d, d.sign() * d.uniform(100, 9000), 1.0), 10),
        Hard("all_alike", "kink", "residuals that are all equal, as far as an ulp or two: a norm has its corner there",
             lambda d: {"target": (1.0, 2.0, 3.0), "prediction": (d.nudged(3.0), 4.0, 5.0)}, 5),
        Hard("almost_alike", "cancellation", "residuals that are all but equal: the mean square less the squared mean cancels",
             almost_alike, 12),
        Hard("one_off", "ordinary", "one document of many whose score is off: a slope in all of them", one_off, 8),
    ),
    known=(
        Known({"prediction": (1.0, 3.0), "target": (0.0, 0.0)}, "1", "1 off the mean of 2", ("-0.5", "0.5")),
        Known({"prediction": (7.0, 9.0, 6.0, 8.0), "target": (2.0, 2.0, 1.0, 1.0)}, "1", "5, 7, 5 and 7: 1 off their mean",
              ("-0.25", "0.25", "-0.25", "0.25")),
        Known({"prediction": (5.0, 6.0), "target": (1.0, 2.0)}, "0", "one offset for all"),
    ),
    source="CatBoost, QueryRMSE; A. Gulin et al., Winning the Transfer Learning Track of Yahoo's Learning to Rank Challenge, 2011",
)

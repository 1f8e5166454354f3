"""Kullback-Leibler divergence of a Gaussian with independent entries from the standard one: what a variational autoencoder pays.

    L(m, v) = 1/2 sum_k (m_k^2 + exp v_k - 1 - v_k),      dL/dm_k = m_k,      dL/dv_k = (exp v_k - 1) / 2

mean          m, along the last axis, any real numbers
log_variance  v, the logarithms of the variances, any real numbers
The sum is over the entries of one example. exp v - 1 - v is v^2 / 2 where a variance is next to 1, and cancels as it is printed.
"""

import numpy as np

from lossref.float64.kernels import LOG_2, exact_sum, exp_less_line
from lossref.laws import convex, nonnegative
from lossref.spaces import Vector
from lossref.spec import Hard, Known, Loss


def value(mean, log_variance):
    # Halved before anything is squared or added: the loss may be finite where its double is not.
    m, v = np.broadcast_arrays(mean, log_variance)
    return exact_sum(np.concatenate([(0.5 * m) * m, _half(v, exp_less_line)], axis=-1))


def gradient(mean, log_variance):
    m, v = np.broadcast_arrays(mean, log_variance)
    return m + 0.0, _half(v, np.expm1)


def hessian(mean, log_variance):
    return np.ones(np.broadcast_shapes(np.shape(mean), np.shape(log_variance)))


def _half(v, spread):
    """Half of exp v less a number or a line; far out half of the exponential is all there is, and finite where the whole is not."""
    return np.where(v > 700.0, np.exp(v - LOG_2), 0.5 * spread(np.minimum(v, 700.0)))


def _alike(d, around):
    return d.vector(lambda: around + d.uniform(-1, 1))


def definition(m, mean, log_variance):
    return m.sum(x**2 + m.exp(v) - 1 - v for x, v in zip(mean, log_variance, strict=True)) / 2


LOSS = Loss(
    name="gaussian_kl",
    arguments={"mean": Vector(), "log_variance": Vector()},
    differentiable=("mean", "log_variance"),
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("collapsed", "cancellation", "a posterior next to the prior: exp v - 1 - v cancels twice, the loss is a sum of squares",
             lambda d: {"mean": d.vector(lambda: d.sign() * d.scaled(-40, -3)),
                        "log_variance": d.vector(lambda: d.sign() * d.scaled(-40, -3))}, 20),
        Hard("variance_1", "cancellation", "means of 0 and variances next to 1: nothing else is there",
             lambda d: {"mean": (0.0,) * d.size, "log_variance": d.vector(lambda: d.sign() * d.scaled(-60, -3))}, 12),
        Hard("training", "ordinary", "a posterior as in training: entries that say much, and entries that say nothing",
             lambda d: {"mean": d.vector(lambda: d.uniform(-2, 2)), "log_variance": d.vector(lambda: d.uniform(-6, 0.5))}, 10),
        Hard("switch", "tail", "log-variances around 1, where series and exponentials meet",
             lambda d: {"log_variance": d.vector(lambda: d.sign() * d.uniform(0.25, 2.5))}, 12),
        Hard("certain", "tail", "tiny variances: a line, whose slope is 1/2 less a tail",
             lambda d: {"log_variance": d.vector(lambda: -d.uniform(d.saturation, 2 * d.underflow))}, 10),
        Hard("vague", "tail", "huge variances: an exponential, up to where it overflows",
             lambda d: {"log_variance": d.vector(lambda: d.uniform(d.saturation, 0.93 * d.underflow))}, 10),
        Hard("log_variance_offset", "tail", "log-variances alike, all far below 0: shifting them by their largest loses what each costs",
             lambda d: {"log_variance": _alike(d, -d.uniform(1e3, 1e6))}, 8),
        Hard("equal", "ordinary", "mean and log-variance alike: exchanged they show",
             lambda d: {"mean": (x := d.vector(lambda: d.uniform(-3, 3))), "log_variance": x}, 4),
    ),
    known=(
        Known({"mean": (0.0, 0.0), "log_variance": (0.0, 0.0)}, "0", "the prior", ("0", "0", "0", "0")),
        Known({"mean": (3.0, 4.0), "log_variance": (0.0, 0.0)}, "12.5", "5^2 / 2", ("3", "4", "0", "0")),
        Known({"mean": (0.0,), "log_variance": (1.0,)}, lambda m: (m.exp(1) - 2) / 2, "(e - 2) / 2", ("0", "0.85914091422952262")),
        Known({"mean": (0.0,), "log_variance": (-np.inf,)}, "inf", "no variance", ("0", "-0.5")),
        Known({"mean": (1.0,), "log_variance": (np.inf,)}, "inf", "an infinite variance", ("1", "inf")),
    ),
    source="D. P. Kingma and M. Welling, Auto-Encoding Variational Bayes, 2014, appendix B",
)

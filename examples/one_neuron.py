"""Run with: python examples/one_neuron.py

One sigmoid neuron learns to answer 0 to the input 1: quadratic cost against cross-entropy.

    a = s(w x + b),      quadratic C = (a - y)^2 / 2,      cross-entropy C = -y log a - (1 - y) log(1 - a)

w and b are updated together. Every run is done in float64 and again with 50 digits. With --plot FILE the learning curves
are drawn as well, their words in Chinese with --chinese.
"""

import argparse
import math
import warnings
from fractions import Fraction
from itertools import islice
from pathlib import Path

import mpmath

import lossref

X, Y, UPDATES = 1, 0, 300
SLOPES = {"quadratic": lambda a: (a - Y) * a * (1 - a), "cross-entropy": lambda a: a - Y}  # dC/dz, z = w x + b
STARTS = {("0.6", "0.9"): 0.09, ("2", "2"): 0.20}  # (w, b): the output to reach
RUNS = (("quadratic", "0.15"), ("cross-entropy", "0.15"), ("cross-entropy", "0.0375"), ("cross-entropy", "0.005"))
STYLE = Path(__file__).resolve().parent.parent / "docs" / "pictures.mplstyle"
ENGLISH = {cost: cost for cost in SLOPES} | {"start": "start", "eta": "eta", "output": "output a (target 0)", "updates": "updates"}
CHINESE = {"quadratic": "二次代价", "cross-entropy": "交叉熵"}
CHINESE |= {"start": "起点", "eta": "学习率", "output": "输出 a（目标 0）", "updates": "更新次数"}


def show(label, *numbers):
    print(f"{label:<44}", *(mpmath.nstr(x, 17) if isinstance(x, mpmath.mpf) else f"{x:.17g}" for x in numbers))


def outputs(cost, eta, start, number=float, exp=math.exp):
    """The neuron's output before the first update and after each, without end; `number` makes numbers of decimals."""
    eta, (w, b) = number(eta), map(number, start)
    while True:
        a = 1 / (1 + exp(-(w * X + b)))
        yield a
        slope = SLOPES[cost](a)
        w, b = w - eta * slope * X, b - eta * slope


def experiment():
    """The table, and by run and start the number of updates that it takes."""
    print("Output a: before, after 300 updates in float64, the same exactly; updates until a < 0.09 (first start), 0.20 (second)")
    worst, updates = 0, {}
    with mpmath.workdps(50):
        for cost, eta in RUNS:
            for start, goal in STARTS.items():
                found = list(islice(outputs(cost, eta, start), UPDATES + 1))
                exact = list(islice(outputs(cost, eta, start, mpmath.mpf, mpmath.exp), UPDATES + 1))
                worst = max(worst, *(abs(a / b - 1) for a, b in zip(found, exact, strict=True)))
                updates[cost, eta, start] = next(n for n, a in enumerate(outputs(cost, eta, start)) if a < goal)
                show(f"{cost}, eta {eta}, start ({', '.join(start)})", exact[0], found[-1], exact[-1], updates[cost, eta, start])
    show("largest relative difference", worst)
    show("quadratic, eta 0.15, after 100 updates", *(list(islice(outputs("quadratic", "0.15", start), 101))[-1] for start in STARTS))
    return updates


def draw(path, words):
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the reader's font has Chinese, if not the one that is measured by
        figure = Figure(figsize=(6, 6), layout="constrained")  # one below the other, to be read on a phone too
        for axes, cost in zip(figure.subplots(2, 1, sharex=True), SLOPES, strict=True):
            for w, b in STARTS:
                axes.plot(list(islice(outputs(cost, "0.15", (w, b)), UPDATES + 1)), label=f"{words['start']} w = {w}, b = {b}")
            axes.set(title=f"{words[cost]}, {words['eta']} 0.15", ylabel=words["output"], ylim=(0, 1))
            axes.legend()
        axes.set_xlabel(words["updates"])
        figure.savefig(path, **({"metadata": {"Date": None}} if str(path).endswith(".svg") else {}))


def main():
    parser = argparse.ArgumentParser(description="One neuron: quadratic cost against cross-entropy.")
    parser.add_argument("--plot", metavar="FILE", help="write the learning curves, as .png, .svg or .pdf")
    parser.add_argument("--chinese", action="store_true", help="label them in Chinese, which a .svg leaves to the reader's fonts")
    given = parser.parse_args()
    if path := given.plot:
        try:
            draw(path, CHINESE if given.chinese else ENGLISH)
        except ImportError:
            parser.exit(2, "--plot needs matplotlib: pip install 'lossref[plot]'\n")
        except (OSError, ValueError) as error:
            parser.exit(2, f"--plot {path}: {error}\n")

    updates = experiment()
    slow, quadratic = ([updates[cost, eta, start] for start in STARTS] for cost, eta in (RUNS[-1], RUNS[0]))
    print("\n'Cross-entropy is faster' is true at equal eta, where its slope is 1 / (a (1 - a)) >= 4 times as large, and at a")
    print(f"quarter of it (0.0375). It is false at eta 0.005: cross-entropy takes {slow[0]} and {slow[1]} updates, the quadratic")
    print(f"cost at eta 0.15 takes {quadratic[0]} and {quadratic[1]}. What cross-entropy does remove is the plateau.")

    print("\nThe slope dC/dz of the quadratic cost is largest at a = 2/3: beyond it, a larger error moves less")
    for a in ("1/2", "2/3", "0.82", "0.98"):
        show(f"quadratic slope at a = {a}", SLOPES["quadratic"](float(Fraction(a))))
    near, far = (SLOPES["quadratic"](next(outputs("quadratic", 0, (z, 0)))) for z in (1.5, 4))
    show("quadratic slope at z = 1.5, z = 4, ratio", near, far, near / far)
    show("cross-entropy slope at z = 1.5, z = 4", *(lossref.gradient("sigmoid_cross_entropy", z, Y) for z in (1.5, 4)))


if __name__ == "__main__":
    main()

"""Allowances on a tape: K of the value, and of each slope what the Hessian's row says, in linear time where that is exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from lossref.exact.adjoint import Row, Term
from lossref.exact.numbers import Number
from lossref.exact.record import plain
from lossref.exact.tape import ZERO, Tape

WIDE = 8  # entries of H up to which a term is taken pair by pair


def value_allowance(gradient: Iterable[Number], tape: Tape, ulps: Sequence[Number]) -> Number:
    """K of the value: sum_i |df/dx_i| ulp_i."""
    return tape.total(tape.magnitude(plain(g)) * u for g, u in zip(gradient, ulps, strict=True))


def allowances(terms: Sequence[Term], tape: Tape, ulps: Sequence[Number], own: Sequence[int]) -> list[Number]:
    """K_j = sum_i |H_ji| ulp_i for each j of `own`.

    Entries that a single term touches are products of magnitudes, and a wide term sums those of a row by prefix and suffix sums. Entries
    that several terms touch are summed first: pair by pair.
    """
    narrow, wide = _split(terms)
    pairs: dict[tuple[int, int], list[Number]] = {}
    for term in narrow:
        for i, j in _touched(term):
            pairs.setdefault((min(i, j), max(i, j)), []).append(_entry(term, i, j))
    out: dict[int, list[Number]] = {j: [] for j in own}
    for term in wide:
        shared = [(i, j) for i, j in pairs if i != j and _touches(term, i, j)]
        for i, j in shared:
            pairs[i, j].append(_entry(term, i, j))
        hidden: dict[int, set[int]] = {}
        for i, j in shared:
            hidden.setdefault(i, set()).add(j)
            hidden.setdefault(j, set()).add(i)
        for left, right in ((term.left, term.right),) if term.is_square else ((term.left, term.right), (term.right, term.left)):
            _spread(term, left, right, hidden, tape, ulps, out)
        for j in term.left.keys() & term.right.keys():
            pairs.setdefault((j, j), []).append(_entry(term, j, j))
    for (i, j), parts in pairs.items():
        h = tape.magnitude(tape.total(parts))
        for here, other in {(i, j), (j, i)}:
            if here in out:
                out[here].append(h * ulps[other])
    return [tape.total(parts) for parts in out.values()]


def _spread(
    term: Term, left: Row, right: Row, hidden: dict[int, set[int]], tape: Tape, ulps: Sequence[Number], out: dict[int, list[Number]]
) -> None:
    """Adds |c l_j| sum_i |r_i| ulp_i to each j of `out`, without i = j and what is hidden from j."""
    moved = {i: tape.magnitude(plain(right[i])) * ulps[i] for i in right if ulps[i].data != ZERO}
    apart = {i: moved.pop(i) for i, rows in hidden.items() if i in moved and 2 * len(rows) > len(left)}  # hidden from most
    times = Counter(m.data for m in moved.values())  # equal inputs are one
    whole, listed, at = tape.total(moved.values()), None, {place: k for k, place in enumerate(times)}
    for j, x in left.items():
        if j not in out:
            continue
        without = ({j} | hidden.get(j, set())) & moved.keys()
        beside = [m for i, m in apart.items() if i != j and i not in hidden.get(j, ())]
        if not without:
            others = whole
        elif len(without) == 1 and len(times) > 2:
            listed = tape.node("list", *((Number(tape, place) * many).data for place, many in times.items())) if listed is None else listed
            mine = moved[without.pop()]
            others = tape.node("others", listed.data, at[mine.data]) + mine * (times[mine.data] - 1)
        else:
            others = tape.total(m for i, m in moved.items() if i not in without)
        out[j].append(tape.magnitude(plain(term.factor) * plain(x)) * (tape.total([others, *beside]) if beside else others))


def _split(terms: Sequence[Term]) -> tuple[list[Term], list[Term]]:
    """Terms to take pair by pair, and wide ones, no two of which touch one entry off the diagonal, nor one of them twice."""
    narrow: list[Term] = []
    wide: list[Term] = []
    for t in sorted(terms, key=lambda t: -len(t.left) * len(t.right)):
        twice = not t.is_square and len(t.left.keys() & t.right.keys()) > 1
        is_narrow = len(t.left) * len(t.right) <= WIDE or twice or any(_overlap(t, other) for other in wide)
        (narrow if is_narrow else wide).append(t)
    return narrow, wide


def _overlap(a: Term, b: Term) -> bool:
    for x, y in ((b.left, b.right), (b.right, b.left)):
        rows, columns = a.left.keys() & x.keys(), a.right.keys() & y.keys()
        if rows and columns and not (len(rows) == len(columns) == 1 and rows == columns):
            return True
    return False


def _touches(term: Term, i: int, j: int) -> bool:
    return (i in term.left and j in term.right) or (j in term.left and i in term.right)


def _touched(term: Term) -> Iterable[tuple[int, int]]:
    if term.is_square:
        return [(i, j) for i in term.left for j in term.left if i <= j]
    return {(min(i, j), max(i, j)) for i in term.left for j in term.right}


def _entry(term: Term, i: int, j: int) -> Number:
    """What the term adds to H_ij."""
    c, left, right = plain(term.factor), term.left, term.right
    if term.is_square:
        return c * plain(left[i]) * plain(left[j])
    if i == j:
        product = c * plain(left[i]) * plain(right[i])
        return product + product
    parts = [c * plain(left[a]) * plain(right[b]) for a, b in ((i, j), (j, i)) if a in left and b in right]
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]

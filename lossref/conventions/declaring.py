"""What a user declares of a library that is to be judged, added to what it says itself: conventions and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lossref import catalog
from lossref.conventions import limits
from lossref.conventions.formula import Convention, ConventionError
from lossref.conventions.grammar import parse_declaration
from lossref.library import Library
from lossref.spec import Loss


def declaring(library: Library, declared: Sequence[str], wanted: Sequence[str], as_mathematics: bool) -> Library:
    """The library with the conventions that the user declares, in place of its own of that kind and beside the others; or without any."""
    if as_mathematics and declared:
        raise ConventionError("--as-mathematics judges by the formula alone: leave out --convention")
    implementations = dict(library.implementations)
    if as_mathematics:
        implementations = {name: replace(found, conventions=()) for name, found in implementations.items()}
    own: dict[str, list[Convention]] = {}
    for loss, convention in map(parse_declaration, declared):
        if loss not in implementations or (wanted and loss not in wanted):
            raise ConventionError(f"{convention.sentence!r} is declared for {loss!r}, which is not judged in this run")
        own.setdefault(loss, []).append(convention)
    for loss, said in own.items():
        kept = (c for c in implementations[loss].conventions if c.kind not in {convention.kind for convention in said})
        implementations[loss] = replace(implementations[loss], conventions=(*kept, *said))
    return replace(library, implementations=implementations)


def limited(library: Library, declared: Sequence[str], wanted: Sequence[str], own: Loss | None = None) -> Library:
    """The library with the limits that the user states added to its own; `own` is the loss that is judged where it is a user's."""
    implementations = dict(library.implementations)
    for said in declared:
        loss, colon, sentence = (part.strip() for part in said.partition(":"))
        if not colon or loss not in implementations or (wanted and loss not in wanted):
            raise ConventionError(f"a limit is stated as LOSS: SENTENCE of a loss that is judged in this run, not {said!r}")
        found = implementations[loss]
        implementations[loss] = replace(found, limits=(*found.limits, limits.parse(sentence, own or catalog.get(loss))))
    return replace(library, implementations=implementations)

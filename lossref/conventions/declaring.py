"""What a user declares of a library that is to be judged, or accepts of what it says itself: conventions and limits."""

from __future__ import annotations

import difflib
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
    for said, convention in map(parse_declaration, declared):
        loss = _judged(said, library, wanted)
        if not loss:
            meant = _meant(said, library)
            raise ConventionError(f"{convention.sentence!r} is declared for {said!r}, which is not judged in this run{meant}")
        own.setdefault(loss, []).append(convention)
    for loss, conventions in own.items():
        kept = (c for c in implementations[loss].conventions if c.kind not in {convention.kind for convention in conventions})
        implementations[loss] = replace(implementations[loss], conventions=(*kept, *conventions))
    return replace(library, implementations=implementations)


def accepted(library: Library, wanted: Sequence[str], accept: str = "--accept-conventions") -> Library:
    """The library, if it declares nothing of its own that would be judged; ConventionError with `accept`, how that is accepted."""
    found = []
    for name, declared in library.declares.items():
        implementation = library.implementations[name]
        if name in (wanted or [name]):
            found += [f"{name}: {c.sentence}" for c in implementation.conventions if any(c is own for own in declared)]
            found += [f"{name} is composed ({implementation.composed}), and decides nothing"] if None in declared else []
    if found:
        raise ConventionError(f"{library.title} declares of itself {'; '.join(found)}. Judge it so with {accept}, if you agree")
    return library


def limited(library: Library, declared: Sequence[str], wanted: Sequence[str], own: Loss | None = None) -> Library:
    """The library with the limits that the user states added to its own; `own` is the loss that is judged where it is a user's."""
    implementations = dict(library.implementations)
    for said in declared:
        name, colon, sentence = (part.strip() for part in said.partition(":"))
        loss = _judged(name, library, wanted) if colon else ""
        if not loss:
            meant = _meant(name, library) if colon else ""
            raise ConventionError(f"a limit is stated as LOSS: SENTENCE of a loss that is judged in this run, not {said!r}{meant}")
        found = implementations[loss]
        implementations[loss] = replace(found, limits=(*found.limits, limits.parse(sentence, own or catalog.get(loss))))
    return replace(library, implementations=implementations)


def _judged(name: str, library: Library, wanted: Sequence[str]) -> str:
    """The loss that a name means, ours, the library's or one of the user's own; empty where it is not judged."""
    if name in library.implementations:
        return name if name in (wanted or [name]) else ""
    try:
        found = catalog.named(name, library.name.partition(":")[0])
    except KeyError:
        return ""
    return found if found in library.implementations and found in (wanted or [found]) else ""


def _meant(name: str, library: Library) -> str:
    near = difflib.get_close_matches(name, library.implementations, n=1)
    return f"; did you mean {near[0]}?" if near and near[0] != name else ""

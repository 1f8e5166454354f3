"""Recorded runs that tests make: each vector asked once, and a last line that counts and signs them."""

from lossref.implementations import recorded


def once(runs):
    """Of the questions of a run those that ask for something new: not what is asked again, alone or among many."""
    seen = set()
    for run in runs:
        asked = {(run["part"], identifier) for identifier in recorded._ids(run)}
        if not asked <= seen:
            seen |= asked
            yield run


def sealed(lines):
    """The text of a file of such lines."""
    return "".join(f"{line}\n" for line in recorded.ended(lines))

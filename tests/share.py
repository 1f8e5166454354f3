"""Which share of the suite is asked: LOSSREF_WHOLE_SUITE=1::2 asks every other loss, from the second on; 1 asks all."""

import os


def asked():
    """(first, step), or None where it is not set."""
    start, _, step = os.environ.get("LOSSREF_WHOLE_SUITE", "").partition("::")
    return (int(start), int(step or 1)) if start else None

"""python -m lossref, and the command `lossref`: the command line is loaded here, so that an interrupt meanwhile is one line too."""

import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, as it was typed or given; the exit status."""
    try:
        _open_all()
        from lossref import cli

        return cli.main(arguments)
    except KeyboardInterrupt:
        print("lossref: interrupted", file=sys.stderr)
        return 130


def _open_all() -> None:
    """Standard streams that were closed lead nowhere: what is opened next must not take their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, it stays open as long as the process


if __name__ == "__main__":
    sys.exit(main())

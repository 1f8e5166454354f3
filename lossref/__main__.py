"""python -m lossref, and the command `lossref`: the command line is loaded here, so that an interrupt meanwhile is one line too."""

import sys
from collections.abc import Sequence

RUN_OTHERS = ("check", "calls")  # commands that run strangers' code in the process


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, as it was typed or given; the exit status."""
    if arguments is None and sys.argv[1:2] and sys.argv[1] in RUN_OTHERS:
        from lossref import supervised

        return supervised.status_of(lambda: _run(None))
    return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        from lossref import cli

        return cli.main(arguments)
    except KeyboardInterrupt:
        print("lossref: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

"""python -m lossref, and the command `lossref`: the command line is loaded here, so that an interrupt meanwhile is one line too."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, as it was typed or given; the exit status."""
    try:
        from lossref import cli

        return cli.main(arguments)
    except KeyboardInterrupt:
        print("lossref: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

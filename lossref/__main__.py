"""python -m lossref, and the command `lossref`: the command line is loaded here, so that an interrupt meanwhile is one line too."""

import signal
import sys
from collections.abc import Sequence
from types import FrameType

ENDS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
RUN_OTHERS = ("check", "calls")  # commands that run strangers' code in the process


class EndedError(KeyboardInterrupt):
    """Somebody asks the process to end: whatever an interrupt puts in order, so does this."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, as it was typed or given; the exit status. What was typed has the whole process for itself."""
    if arguments is None and sys.argv[1:2] and sys.argv[1] in RUN_OTHERS:
        from lossref import supervised

        return supervised.status_of(lambda: _run(None))
    return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        if arguments is None:
            for number in ENDS:
                if signal.getsignal(number) == signal.SIG_DFL:  # nohup, for one, has hang-ups ignored
                    signal.signal(number, _end)
            return _alone()
        from lossref import cli

        return cli.main(arguments)
    except KeyboardInterrupt as error:
        number = error.args[0] if isinstance(error, EndedError) else signal.SIGINT
        print(f"lossref: {'interrupted' if number == signal.SIGINT else f'ended by {number.name}'}", file=sys.stderr)
        return 128 + int(number)


def _alone() -> int:
    from lossref import output

    with output.apart():
        from lossref import cli

        return cli.main()


def _end(number: int, frame: FrameType | None) -> None:
    """End in order, once: who asks again ends it at once."""
    signal.signal(number, signal.SIG_DFL)
    raise EndedError(signal.Signals(number))


if __name__ == "__main__":
    sys.exit(main())

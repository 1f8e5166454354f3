"""python -m lossref, and the command `lossref`: the command line is loaded here, so that an interrupt meanwhile is one line too."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

ENDS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
SOON = 0.05  # seconds
RUN_OTHERS = ("check", "calls", "search")  # commands that run strangers' code in the process


class EndedError(KeyboardInterrupt):
    """Somebody asks the process to end: whatever an interrupt puts in order, so does this."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, as it was typed or given; the exit status. What was typed has the whole process for itself."""
    if arguments is None:
        return _in_order(_typed)
    from lossref import cli

    return _in_order(lambda: cli.main(arguments))


def _typed() -> int:
    from lossref import output

    output.open_closed()
    if sys.argv[1:2] and sys.argv[1] in RUN_OTHERS:
        from lossref import supervised

        return supervised.status_of(lambda: _in_order(_alone))
    return _alone()


def _alone() -> int:
    sys.unraisablehook = _again
    for number in ENDS:
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup, for one, has hang-ups ignored
            signal.signal(number, _end)
    from lossref import output

    with output.apart():
        from lossref import cli

        return cli.main()


def _in_order(run: Callable[[], int]) -> int:
    """The status of a command, also of one that is interrupted or ended."""
    try:
        return run()
    except KeyboardInterrupt as error:
        number = error.args[0] if isinstance(error, EndedError) else signal.SIGINT
        print(f"lossref: {'interrupted' if number == signal.SIGINT else f'ended by {number.name}'}", file=sys.stderr)
        return 128 + int(number)


def _end(number: int, frame: FrameType | None) -> None:
    """End in order, once: who asks again ends it at once."""
    signal.signal(number, signal.SIG_DFL)
    raise EndedError(signal.Signals(number))


def _again(lost: Any) -> None:
    """What ends or interrupts a command in the middle of a callback, where Python raises nothing, is asked for again."""
    if not isinstance(lost.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    number = lost.exc_value.args[0] if isinstance(lost.exc_value, EndedError) else signal.SIGINT
    if number != signal.SIGINT:
        signal.signal(number, _end)
    threading.Timer(SOON, os.kill, (os.getpid(), number)).start()


if __name__ == "__main__":
    sys.exit(main())

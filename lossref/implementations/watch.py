"""A program of strangers, with whatever it started, ends when we do, however that is: also by a signal that nobody can handle.

A shell waits at a pipe that only we hold. Once it is closed, by us or by our end, the shell kills the program's group, and, where the
system shows environments (Linux), every process that inherited a mark from the program's: whoever starts a session of its own has left
the group, but not the mark.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess

GRACE = 5.0  # seconds that killing may take
ROUNDS = 20  # of looking for marked processes: one that is killed may have started another meanwhile
SHELL = f"""
read -r group
read -r end
exec 2>/dev/null
[ -n "$group" ] && kill -s KILL -- "-$group"
rounds=0
while [ $rounds -lt {ROUNDS} ] && found=$(grep -ls -e "$1" /proc/[0-9]*/environ || :) && [ -n "$found" ]; do
    for path in $found; do
        process=${{path#/proc/}}
        kill -s KILL "${{process%/environ}}"
    done
    rounds=$((rounds + 1))
done
"""


class Watch:
    """The end of one program that is not started yet."""

    def __init__(self) -> None:
        self.mark = f"LOSSREF_{secrets.token_hex(16)}"
        self.environment = {**os.environ, self.mark: "1"}
        self.shell: subprocess.Popen[bytes] | None = None
        if os.name == "posix":
            quiet = subprocess.DEVNULL
            with contextlib.suppress(OSError):  # without a shell we end what we can ourselves
                self.shell = subprocess.Popen(
                    ["/bin/sh", "-c", SHELL, "sh", f"{self.mark}="],
                    bufsize=0, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True,
                )  # fmt: skip

    def follow(self, group: int) -> None:
        """The program runs, and leads this group."""
        if self.shell is not None and self.shell.stdin is not None:
            with contextlib.suppress(OSError):
                self.shell.stdin.write(f"{group}\n".encode())

    def end(self) -> None:
        """Kill the program and whatever it started."""
        if self.shell is not None and self.shell.stdin is not None:
            with contextlib.suppress(OSError):
                self.shell.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.shell.wait(GRACE)

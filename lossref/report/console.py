"""Where commands show what they found: standard output as rich sees it, and plain tables."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lossref import output


class _Console(Console):
    """Of a closed pipe the command line decides: rich would end with the status of a difference."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def standard_output(width: int = 120) -> Console:
    """Standard output, as wide as said where nobody's window limits it. What others wrote stays as it is: "[red]" is no colour."""
    screen = _Console(file=output.stream(), highlight=False, markup=False, emoji=False)
    if not screen.is_terminal:
        screen.width = width
    return screen


def table(header: tuple[str, ...] | None, rows: list[tuple[str, ...]]) -> None:
    """Print rows below a header, if there is one."""
    shown = Table(box=None, pad_edge=False, show_header=header is not None, header_style="bold")
    for title in header or ("",) * len(rows[0]):
        shown.add_column(title, overflow="fold")
    for row in rows:
        shown.add_row(*map(Text, row))
    standard_output().print(shown)

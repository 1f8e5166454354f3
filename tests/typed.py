"""A command, run in this process."""

from lossref.cli import main


def run(capsys, *arguments):
    """Its status, standard output and standard error."""
    status = main([str(a) for a in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err

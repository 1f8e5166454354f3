"""The fuzzer of `scripts/fuzz.py`: readers of files, public functions, commands, hostile programs; and what must hold around each."""

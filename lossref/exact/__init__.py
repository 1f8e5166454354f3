"""Exact answers: one definition evaluated over exact numbers, enclosures and jets, then rounded once."""

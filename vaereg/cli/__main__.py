"""`python -m vaereg.cli` is `vaereg`."""

from vaereg.cli.program import run

run()

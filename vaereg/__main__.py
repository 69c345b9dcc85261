"""`python -m vaereg` is `vaereg`."""

from vaereg.cli.program import run

run()

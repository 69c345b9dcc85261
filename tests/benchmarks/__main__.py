"""Runs a benchmark by its name, or lists them: `python -m tests.benchmarks [NAME [options]]`.

Each file of this folder is a benchmark: its name is the file's, and `main(argv)` runs it. What
benchmarks share lies in the folders.
"""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def benchmarks() -> dict[str, str]:
    """By name, the first line of what each benchmark says of itself; imports none."""
    found = {}
    for path in sorted(FOLDER.glob("[a-z]*.py")):
        told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        found[path.stem] = told.partition("\n")[0]
    return found


def main(argv: list[str]) -> int:
    """Lists the benchmarks, or runs one; returns the exit status."""
    known = benchmarks()
    if not argv or argv[0] in ("-h", "--help"):
        rows = ["usage: python -m tests.benchmarks NAME [options]; NAME --help tells the options"]
        rows += [f"  {name:<24} {told}" for name, told in known.items()]
        sys.stdout.write("\n".join(rows) + "\n")
        return 0
    name, *options = argv
    if name not in known:
        sys.stderr.write(f"no benchmark {name!r}; there are: {', '.join(known)}\n")
        return 2
    module = importlib.import_module(f"tests.benchmarks.{name}")
    return module.main(options) or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

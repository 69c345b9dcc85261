"""Finds where a plugin's exception came from."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

from vaereg.renamed import renamed_in
from vaereg.wording import first_lines


def cause(fault: BaseException) -> str:
    """The exception in one line: its type, first line and, for a renamed name, the new name."""
    text = fault.msg if isinstance(fault, SyntaxError) and fault.msg else first_lines(fault)
    line = type(fault).__name__ + (f": {text}" if text else "")
    return "; ".join(filter(None, (line, renamed_in(fault))))


def remedy(fault: BaseException, package: str, distribution: str) -> str:
    """What to do about a module that was not found, or "" for other exceptions."""
    if not isinstance(fault, ModuleNotFoundError) or not fault.name:
        return ""
    top = fault.name.split(".")[0]
    if top == package:
        return f"{distribution} does not contain this module; correct the name where it is used"
    if top == "vaereg":
        return "import public names only, from `vaereg` and `vaereg.testing`"
    return f"install `{top}`, which {distribution} needs"


def place(fault: BaseException, package: str) -> str:
    """`file:line` of the innermost frame of the traceback that is in `package`, or "".

    Falls back to the innermost frame outside Python's import machinery and vaereg.
    """
    if isinstance(fault, SyntaxError) and fault.filename:
        return f"{shortened(fault.filename)}:{fault.lineno}"
    own = other = ""
    step: TracebackType | None = fault.__traceback__
    while step is not None:
        frame = step.tb_frame
        filename, module = frame.f_code.co_filename, frame.f_globals.get("__name__", "")
        here = f"{shortened(filename)}:{step.tb_lineno}"
        if module == package or module.startswith(f"{package}."):
            if not module.startswith("vaereg.discovery"):
                own = here
        elif not module.startswith(("importlib", "vaereg.")) and filename[:1] != "<":
            other = here
        step = step.tb_next
    return own or other


def place_of(function: object) -> str:
    """`file:line` where a function begins, decorators included, or "" if it has no source."""
    code = getattr(function, "__code__", None)
    return f"{shortened(code.co_filename)}:{code.co_firstlineno}" if code is not None else ""


def shortened(filename: str) -> str:
    """The path relative to the folder on sys.path that contains it; otherwise the whole path."""
    path = Path(filename)
    for folder in sys.path:
        if folder and path.is_relative_to(folder):
            return str(path.relative_to(folder))
    return filename

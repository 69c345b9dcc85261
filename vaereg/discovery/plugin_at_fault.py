"""Tells an exception of a plugin's code from a bug in vaereg, wherever it was raised."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from vaereg.discovery.blame import cause, shortened
from vaereg.discovery.entry_points import InstalledEntry, entries_by_package
from vaereg.errors import PluginError

_IN_TEXT = re.compile(r'File "([^"\n]+)", line (\d+)')
"""A frame as a message quotes it: TensorFlow raises errors of traced code again, in its own code,
and only their text tells the lines."""


def plugin_at_fault(fault: BaseException) -> PluginError | None:
    """The error that names the plugin whose code raised `fault`; None if no plugin's code did.

    Parts are usually called where an exception is attributed to its component. This covers the
    other places: a step that is traced again, a split that is read, a value that is shown.

    Args:
        fault: an exception that ended a command and is none of vaereg's.
    """
    by_package = entries_by_package()
    found: tuple[InstalledEntry, str] | None = None
    for package, where in _frames(fault):  # the innermost frame of a plugin is the last
        if package in by_package:
            found = by_package[package], where
    if found is None:
        return None
    entry, where = found
    named = f"{entry.distribution} {entry.version}".strip()
    error = PluginError(
        f"the plugin {named} failed: {cause(fault)} at {where}\n"
        f"This is a bug in {entry.distribution}; report it there or leave it out."
    )
    error.__cause__ = fault
    return error


def _frames(fault: BaseException) -> Iterator[tuple[str, str]]:
    """The top-level package and `file:line` of each frame, the innermost last."""
    step: TracebackType | None = fault.__traceback__
    while step is not None:
        module = str(step.tb_frame.f_globals.get("__name__", ""))
        filename = step.tb_frame.f_code.co_filename
        yield module.partition(".")[0], f"{shortened(filename)}:{step.tb_lineno}"
        step = step.tb_next
    files = {
        file: name.partition(".")[0]
        for name, module in list(sys.modules.items())
        if (file := getattr(module, "__file__", None))
    }
    for filename, line in _IN_TEXT.findall(_text_of(fault)):
        package = files.get(filename) or files.get(str(Path(filename)), "")
        yield package, f"{shortened(filename)}:{line}"


def _text_of(fault: BaseException) -> str:
    try:
        return str(fault)
    except Exception:  # noqa: BLE001  # the exception is a plugin's own, and so is its __str__
        return ""

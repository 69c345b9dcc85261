"""Puts back what a plugin changes for the whole process when it is imported."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def putting_back() -> Iterator[list[str]]:
    """Undoes changes of the process that the block makes, also if it raises.

    Put back are the current folder, the environment, the standard streams, entries of sys.path that
    were removed, filters of warnings, the recursion limit, and what SIGINT and SIGTERM do. If the
    block imports keras, its new variables of the environment stay, since backends set some.

    Yields a list that holds at the end what a user may have meant to change, in words.
    """
    changed: list[str] = []
    folder = _current_folder()
    environment = dict(os.environ)
    streams = (sys.stdin, sys.stdout, sys.stderr)
    path = list(sys.path)
    limit = sys.getrecursionlimit()
    signals = _signal_handlers()
    had_keras = "keras" in sys.modules
    filters = warnings.filters[:]
    try:
        yield changed
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
        if sys.getrecursionlimit() != limit:
            sys.setrecursionlimit(limit)
        if warnings.filters != filters:
            warnings.filters[:] = filters  # type: ignore[index]  # a list, whatever typeshed says
            warnings._filters_mutated()  # type: ignore[attr-defined]  # as catch_warnings does
        if not {*path} <= {*sys.path}:
            sys.path[:] = path
            changed.append("sys.path")
        for number, handler in signals.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        if folder and _current_folder() != folder:
            with suppress(OSError):
                os.chdir(folder)
            changed.append("the current folder")
        imported_keras = not had_keras and "keras" in sys.modules
        names = _put_back_environment(environment, keeps_new=imported_keras)
        if names:
            changed.append(f"the environment ({', '.join(names)})")


def _current_folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  # a plain string, which may name a removed folder
    except OSError:
        return ""


def _signal_handlers() -> dict[signal.Signals, signal._HANDLER]:
    """Those of the signals with which users stop a command; empty where they cannot be set."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    found = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    return {each: handler for each, handler in found.items() if handler is not None}


def _put_back_environment(before: dict[str, str], *, keeps_new: bool) -> list[str]:
    """Puts the environment back; returns the names of the variables that were changed."""
    now = dict(os.environ)
    new = [] if keeps_new else [name for name in now if name not in before]
    for name in new:
        del os.environ[name]
    old = [name for name, value in before.items() if now.get(name) != value]
    for name in old:
        os.environ[name] = before[name]
    return sorted([*old, *new])

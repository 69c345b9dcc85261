"""Puts back what a plugin changes for the whole process when it is imported."""

from __future__ import annotations

import builtins
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO


@contextmanager
def putting_back() -> Iterator[list[str]]:
    """Undoes changes of the process that the block makes, also if it raises.

    Put back are the current folder, the environment, the standard streams and their descriptors,
    entries of sys.path and modules that were removed, names of `builtins`, filters of warnings, the
    recursion limit, functions that trace, the mask of new files, an alarm, and what SIGINT and
    SIGTERM do. If the block imports keras, its new variables of the environment stay, since
    backends set some.

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
    names, modules = dict(vars(builtins)), dict(sys.modules)
    trace, profile, mask, alarm = sys.gettrace(), sys.getprofile(), _mask(), _alarm()
    descriptors = _copies_of_descriptors()
    try:
        yield changed
    finally:
        if sys.gettrace() is not trace:
            sys.settrace(trace)
        if sys.getprofile() is not profile:
            sys.setprofile(profile)
        others = [name for name, value in names.items() if vars(builtins).get(name) is not value]
        vars(builtins).update(names)
        if others:
            changed.append(f"builtins ({', '.join(others)})")
        gone = [name for name, module in modules.items() if module and not sys.modules.get(name)]
        sys.modules.update({name: modules[name] for name in gone})
        if gone:
            changed.append(f"sys.modules ({', '.join(gone[:5])})")
        _put_back_descriptors(descriptors)
        sys.stdin, sys.stdout, sys.stderr = map(_open_again, range(3), streams)
        if _mask() != mask:
            os.umask(mask)
            changed.append("the mask of new files")
        if _alarm() and not alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
            changed.append("the alarm")
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
        variables = _put_back_environment(environment, keeps_new=imported_keras)
        if variables:
            changed.append(f"the environment ({', '.join(variables)})")


def _mask() -> int:
    """The mask of the permissions of new files, which can be read only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _alarm() -> bool:
    """Whether a timer will send SIGALRM, which ends a process."""
    return hasattr(signal, "getitimer") and signal.getitimer(signal.ITIMER_REAL)[0] > 0


def _copies_of_descriptors() -> dict[int, int]:
    """Copies of the descriptors of stdin, stdout and stderr that are open."""
    copies = {}
    for number in range(3):
        with suppress(OSError):
            copies[number] = os.dup(number)
    return copies


def _put_back_descriptors(copies: dict[int, int]) -> None:
    for number, copy in copies.items():
        with suppress(OSError):  # closed by the block
            try:
                same = os.path.samestat(os.fstat(number), os.fstat(copy))
            except OSError:
                same = False
            if not same:
                os.dup2(copy, number)
            os.close(copy)


def _open_again(number: int, stream: TextIO) -> TextIO:
    """The stream of a descriptor, or a new one if the block has closed it."""
    if stream is None or not stream.closed:
        return stream
    try:
        return os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False)
    except OSError:
        return stream


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

"""How an error ends a command: the message for the user and the exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from vaereg.cli.exit_code import ExitCode
from vaereg.cli.output import print_json
from vaereg.cli.terminal import Terminal, error_text
from vaereg.errors import DeclarationError, Interrupted, VaeregError
from vaereg.wording import without_styles

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import JsonObject


def report(fault: BaseException, *, as_json: bool, color: str, verbose: int) -> int:
    """Shows the user the exception that ended the command, and returns the exit code.

    With `as_json` stdout gets one JSON document with the key `error`; stderr stays silent.
    """
    if isinstance(fault, BrokenPipeError):
        return _broken_pipe()
    if isinstance(fault, KeyboardInterrupt):
        fault = Interrupted("\n".join(["interrupted", *getattr(fault, "__notes__", ())]))
    code = exit_code(fault)
    if code is ExitCode.BUG:
        from vaereg.discovery.plugin_at_fault import plugin_at_fault

        fault = plugin_at_fault(fault) or fault
        code = exit_code(fault)
    message = str(fault)
    if code is ExitCode.BUG:
        message = _bug_report(fault, verbose)
    elif isinstance(fault, OSError) and not isinstance(fault, VaeregError):
        message = f"the operating system refused: {fault}"
    elif verbose and fault.__cause__ is not None:
        message += "\n\n" + _traceback(fault.__cause__)
    if isinstance(fault, VaeregError):
        message = "\n".join([message, *getattr(fault, "__notes__", ())])
    if as_json:
        print_json({"error": _as_dict(fault, message, code)})
    else:
        terminal = Terminal(sys.stderr, color)
        terminal.print(error_text(message, terminal))
    return int(code)


def exit_code(fault: BaseException) -> ExitCode:
    """The exit code for an exception that ended a command."""
    if isinstance(fault, VaeregError):
        return ExitCode(fault.exit_code)
    return ExitCode.RUN_FAILED if isinstance(fault, OSError) else ExitCode.BUG


def _as_dict(fault: BaseException, message: str, code: ExitCode) -> JsonObject:
    content: JsonObject = {
        "type": type(fault).__name__,
        "exit_code": int(code),
        "message": message,
    }
    if isinstance(fault, DeclarationError):
        content["problems"] = [problem.as_dict() for problem in fault.problems]
    return content


def _bug_report(fault: BaseException, verbose: int) -> str:
    import tempfile

    text = _traceback(fault)
    what = without_styles(f"{type(fault).__name__}: {fault}")
    summary = f"this is a bug in vaereg, not your fault: {what}"
    if verbose:
        return f"{summary}\n\n{text}"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="vaereg-bug-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(f"{' '.join(sys.argv)}\n\n{text}")
    except OSError:
        return f"{summary}\nplease run it again with -v, and report it with the traceback"
    return f"{summary}\nplease report it with the traceback in {file.name}"


def _traceback(fault: BaseException) -> str:
    import traceback

    return without_styles("".join(traceback.format_exception(fault))).rstrip()


def _broken_pipe() -> int:
    # Python flushes stdout at exit and would complain again about the same pipe.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(ExitCode.BROKEN_PIPE)

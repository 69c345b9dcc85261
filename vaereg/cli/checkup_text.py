"""The findings of `vaereg doctor` as text: the problems come last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaereg.cli.table import table
from vaereg.cli.terminal import Terminal

if TYPE_CHECKING:
    from vaereg.workflows.doctor.checkup import Checkup
    from vaereg.workflows.doctor.clashes import Clash
    from vaereg.workflows.doctor.folders import Folder

STYLES = {"ok": "green", "broken": "red", "incompatible": "red", "blocked": "yellow"}


def print_checkup(checkup: Checkup, terminal: Terminal, *, verbose: int) -> None:
    """Prints all sections; tracebacks of plugins with `verbose`."""
    for title, text in (
        ("machine", _machine_lines(checkup)),
        ("backends", _backends(checkup, terminal)),
        ("needed", _dependencies(checkup)),
        ("optional", _extras(checkup)),
        ("plugins", _plugins(checkup, terminal)),
        ("folders", _folders(checkup)),
    ):
        terminal.print(terminal.style(title, "bold"))
        terminal.print("\n".join(f"  {line}" for line in text.splitlines()))
        terminal.print()
    if verbose:
        for record in checkup.plugins:
            if record.traceback:
                terminal.print(f"{record.label} (entry {record.entry}):\n{record.traceback}")
    _print_problems(checkup, terminal)


def _print_problems(checkup: Checkup, terminal: Terminal) -> None:
    if not checkup.problems:
        terminal.print(terminal.style("no problem", "green"))
        return
    count = len(checkup.problems)
    terminal.print(terminal.style(f"{count} problem{'s' if count != 1 else ''}", "red"))
    for problem in checkup.problems:
        first, *rest = problem.splitlines()
        terminal.print("\n".join([f"  - {first}", *(f"    {line}" for line in rest)]))


def _machine_lines(checkup: Checkup) -> str:
    width = max(map(len, checkup.machine))
    return "\n".join(
        f"{name:<{width}}  {value or '(not installed)'}" for name, value in checkup.machine.items()
    )


def _backends(checkup: Checkup, terminal: Terminal) -> str:
    decision = checkup.decision
    chosen = f"{decision.backend or 'open'}: {decision.reason}"
    lines = [f"training uses {chosen}" if not decision.problem else decision.problem]
    rows = []
    for backend in checkup.backends:
        devices = ", ".join(backend.devices or ()) or "not asked"
        took = "" if backend.seconds is None else f"{backend.seconds:.1f}"
        rows.append((backend.name, backend.version, took, backend.problem or devices))
    if rows:
        lines.append(table(("backend", "version", "import s", "devices"), rows, terminal))
    return "\n".join(lines)


def _dependencies(checkup: Checkup) -> str:
    told = [
        f"{each.name} {each.version or '(not installed)'}"
        + (f" ({each.asked})" if each.asked else "")
        for each in checkup.dependencies
    ]
    return ", ".join(told) or "unknown: vaereg is not installed"


def _extras(checkup: Checkup) -> str:
    present = [each.name for each in checkup.extras if not each.missing]
    lines = [f"present: {', '.join(present) or 'none'}"]
    lines += [
        f"vaereg[{each.name}] lacks {', '.join(each.missing)}"
        for each in checkup.extras
        if each.missing
    ]
    return "\n".join(lines)


def _plugins(checkup: Checkup, terminal: Terminal) -> str:
    rows = [
        (
            record.distribution,
            record.version,
            record.status,
            str(len(record.offers)) if record.status == "ok" else "",
            "" if record.status == "blocked" else f"{record.import_ms:.1f}",
            "; ".join([*filter(None, [record.reason]), *record.notes]),
            record.where,
        )
        for record in checkup.plugins
    ]
    headers = ("distribution", "version", "status", "components", "import ms", "note", "at")
    text = table(
        headers,
        rows,
        terminal,
        style=lambda column, cell: STYLES.get(cell, "") if column == 2 else "",
    )
    return "\n".join([text, *map(_clash_line, checkup.clashes)])


def _clash_line(clash: Clash) -> str:
    full = [f"{owner}/{clash.name}" for owner in clash.owners]
    meant = f"it means {clash.meant}/{clash.name}" if clash.meant else "write one of those"
    return f"the {clash.kind} `{clash.name}` is offered by {' and '.join(full)}: {meant}"


def _folders(checkup: Checkup) -> str:
    runs = checkup.runs
    states = ", ".join(f"{count} {state}" for state, count in runs.states.items()) or "no runs"
    damaged = f", {len(runs.damaged)} damaged" if runs.damaged else ""
    models = f" of {runs.models} models" if runs.models > 1 else ""
    return "\n".join(
        [
            f"cache  {_folder(checkup.cache)}",
            f"runs   {_folder(runs.folder)}: {states}{damaged}{models}",
        ]
    )


def _folder(folder: Folder) -> str:
    size = (
        f"{folder.files} files, {_size_text(folder.bytes)}" if folder.exists else "not created yet"
    )
    return f"{folder.path} ({size}, {folder.problem or 'writable'})"


def _size_text(count: float) -> str:
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"

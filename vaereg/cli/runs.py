"""Lists the runs, deletes some, or tells what differs between two.

vaereg runs                    the newest first: state, epochs, minutes, scores, differences
vaereg runs rm RUN...          deletes runs, after a question
vaereg runs diff A B           what differs between two runs
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from vaereg.cli.options import add_runs, positive
from vaereg.errors import UsageError

if TYPE_CHECKING:
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.runs.list_runs import ListedRun

ACTIONS = ("list", "rm", "diff")
MOST_DIFFERENCES = 4
"""How many settings a row of the list shows."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "words",
        nargs="*",
        metavar="ACTION",
        help="`list` (the default), `rm RUN...` or `diff A B`",
    )
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="NAME",
        help="list only runs of this model; repeatable",
    )
    parser.add_argument(
        "--state",
        action="append",
        default=[],
        metavar="STATE",
        help="list only runs in this state, such as finished, running or killed; repeatable",
    )
    parser.add_argument(
        "--sort",
        default="time",
        metavar="BY",
        help="time (the newest first, the default), model, state, seed, epochs, minutes, or the "
        "name of a score (the best first)",
    )
    parser.add_argument("--last", type=positive, metavar="N", help="list at most N runs")
    parser.add_argument(
        "--yes", "-y", action="store_true", help="with rm: delete without a question"
    )
    add_runs(parser)


def run(args: argparse.Namespace) -> int:
    """Does what the first word says."""
    action, *rest = args.words or ["list"]
    if action not in ACTIONS:
        raise UsageError(
            f"no action {action!r}; one of {', '.join(ACTIONS)}.\n"
            f"Runs of one model: vaereg runs --model {action}"
        )
    if action != "list" and (args.model or args.state or args.last or args.sort != "time"):
        raise UsageError("--model, --state, --sort and --last are for the list of runs")
    if action != "rm" and args.yes:
        raise UsageError("--yes is for `vaereg runs rm`")
    if action == "rm":
        return _remove(args, rest)
    if action == "diff":
        return _diff(args, rest)
    if rest:
        raise UsageError(f"the list takes no names; got {rest[0]!r}. Use --model {rest[0]}")
    return _list(args)


def _list(args: argparse.Namespace) -> int:
    from vaereg.cli.output import print_json
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.runs.list_runs import differences_within, list_runs

    listed = list_runs(args.runs, models=args.model, states=args.state, sort=args.sort)
    listed = listed[: args.last]
    differences = differences_within(listed)
    if args.json:
        print_json(
            {
                "runs": [
                    {**each.as_dict(), "differs": differs}
                    for each, differs in zip(listed, differences, strict=True)
                ]
            }
        )
        return 0
    terminal = Terminal(sys.stdout, args.color)
    if not listed:
        kept = "no such run" if args.model or args.state else "no run"
        terminal.print(f"{kept} in {args.runs}; `vaereg train` makes one")
        return 0
    _print_list(listed, differences, terminal)
    return 0


STYLES = {"running": "bold", "finished": "green", "failed": "red", "damaged": "red"}


def _print_list(
    listed: list[ListedRun], differences: list[dict[str, str]], terminal: Terminal
) -> None:
    from vaereg.cli.table import table
    from vaereg.host.progress import number
    from vaereg.workflows.runs.list_runs import headline_scores

    scores = headline_scores(listed)
    headers = ("run", "state", "seed", "epochs", "min", *scores, "differs from the model's others")
    rows = []
    for each, differs in zip(listed, differences, strict=True):
        shown = [f"{key} {value}" for key, value in differs.items()]
        more = len(shown) - MOST_DIFFERENCES
        about = [*shown[:MOST_DIFFERENCES], *([f"and {more} more"] if more > 0 else [])]
        if each.weights_from:
            about.insert(0, f"weights from {each.weights_from}")
        if each.reason:
            about.insert(0, each.reason.partition(";")[0])
        rows.append(
            (
                f"{each.folder.parent.name}/{each.folder.name}",
                each.state,
                "" if each.seed is None else str(each.seed),
                f"{each.epochs}/{each.of}" if each.of else "",
                "" if each.minutes is None else f"{each.minutes:.1f}",
                *(number(each.scores[name]) if name in each.scores else "" for name in scores),
                ", ".join(about),
            )
        )
    terminal.print(
        table(
            headers,
            rows,
            terminal,
            style=lambda column, cell: STYLES.get(cell, "") if column == 1 else "",
        )
    )


def _remove(args: argparse.Namespace, names: list[str]) -> int:
    from vaereg.cli.output import print_json
    from vaereg.cli.terminal import Terminal
    from vaereg.host.memory import size
    from vaereg.workflows.runs.remove_runs import removable_runs, remove_run

    if not names:
        raise UsageError("name the runs to delete: vaereg runs rm MODEL/ID")
    found = removable_runs(names, args.runs)
    if not args.yes:
        if args.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError("there is nobody to ask; add --yes to delete without a question")
        listed = "\n".join(f"  {each.folder}  {size(each.size)}" for each in found)
        what = f"{len(found)} run{'' if len(found) == 1 else 's'}"
        sys.stderr.write(f"{listed}\ndelete {what}? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            sys.stderr.write("nothing was deleted\n")
            return 0
    terminal = Terminal(sys.stdout, args.color)
    for each in found:
        remove_run(each.folder)
        if not args.json:
            terminal.print(f"deleted {each.folder} ({size(each.size)})")
    if args.json:
        print_json({"deleted": [{"run": str(each.folder), "bytes": each.size} for each in found]})
    return 0


def _diff(args: argparse.Namespace, names: list[str]) -> int:
    from vaereg.cli.output import print_json
    from vaereg.cli.table import table
    from vaereg.cli.terminal import Terminal
    from vaereg.host.progress import number
    from vaereg.workflows.runs.diff_runs import diff_runs

    if len(names) != 2:
        raise UsageError("`vaereg runs diff` takes two runs")
    found = diff_runs(names[0], names[1], runs=args.runs)
    if args.json:
        print_json(found.as_dict())
        return 0
    terminal = Terminal(sys.stdout, args.color)
    columns = tuple(f"{each.parent.name}/{each.name}" for each in (found.a, found.b))
    scores = [
        (name, number(of_a), number(of_b))
        for name, of_a, of_b in found.scores
        if of_a is not None and of_b is not None
    ]
    sections = (
        ("What was declared", found.settings),
        ("How it was trained", found.made_with),
        ("Scores", scores),
    )
    for heading, rows in sections:
        if rows:
            terminal.print_heading(heading)
            terminal.print(table(("", *columns), rows, terminal))
    if not any(rows for _, rows in sections):
        terminal.print("nothing differs")
    return 0

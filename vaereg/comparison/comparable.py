"""Whether evaluations can be compared: measured in the same way, on the same data."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from vaereg.comparison.measured_run import MeasuredRun
from vaereg.errors import RunError
from vaereg.evaluation.evaluation import Evaluation

_MUST_MATCH: tuple[tuple[str, Callable[[Evaluation], Hashable], str], ...] = (
    (
        "the data",
        lambda e: e.evaluated_on.digest[:12],
        "they were trained on different data; train both with the same [data] table",
    ),
    ("the split", lambda e: e.evaluated_on.split, "evaluate both on the same split"),
    ("the held-out examples", lambda e: e.evaluated_on.positions, "evaluate both with one preset"),
    (
        "the number of held-out examples",
        lambda e: e.evaluated_on.held_out,
        "evaluate both with one preset",
    ),
    (
        "the number of training examples used",
        lambda e: e.evaluated_on.train_examples,
        "evaluate both with one preset",
    ),
    ("the number of samples", lambda e: e.generated, "evaluate both with one preset"),
    ("the preset", lambda e: e.preset, "evaluate both with the preset quick, or both with full"),
    ("the weights", lambda e: e.weights, "evaluate both again"),
)


def check_comparable(runs: Sequence[MeasuredRun]) -> None:
    """Refuses evaluations that differ in more than the models.

    Raises:
        RunError: with everything that differs, the value on each side, and what to do.
    """
    problems = []
    for what, value, advice in _MUST_MATCH:
        found = _by_value(runs, value)
        if len(found) > 1:
            problems.append(_problem(what, found, advice))
    problems.extend(_extractors(runs))
    if problems:
        again = " ".join(dict.fromkeys(run.argument for run in runs))
        raise RunError(
            "these evaluations cannot be compared:\n"
            + "\n".join(problems)
            + f"\nIf the data is the same: vaereg evaluate {again} --again"
        )


def _by_value(
    runs: Sequence[MeasuredRun], value: Callable[[Evaluation], Hashable]
) -> dict[Hashable, list[str]]:
    """The runs' arguments by a value of their evaluations."""
    found: dict[Hashable, list[str]] = {}
    for run in runs:
        found.setdefault(value(run.evaluation), []).append(run.argument)
    return found


def _problem(what: str, found: dict[Hashable, list[str]], advice: str) -> str:
    sides = "; ".join(
        f"{value} in {names[0]}" + (f" and {len(names) - 1} more" if len(names) > 1 else "")
        for value, names in found.items()
    )
    return f"  {what}: {sides} ({advice})"


def _extractors(runs: Sequence[MeasuredRun]) -> list[str]:
    problems = []
    names = dict.fromkeys(name for run in runs for name in run.evaluation.extractors)
    for name in names:
        have = [run for run in runs if name in run.evaluation.extractors]
        found = _by_value(have, lambda e, n=name: e.extractors[n].identity[:12])  # type: ignore[misc]
        if len(found) > 1:
            advice = "features of different weights cannot be compared; evaluate both again"
            problems.append(_problem(f"the extractor {name!r}", found, advice))
    if names and not common_extractors(runs):
        problems.append(
            f"  the extractors: none of {', '.join(names)} was used for all runs "
            "(evaluate both with the same extractors)"
        )
    return problems


def common_extractors(runs: Sequence[MeasuredRun]) -> list[str]:
    """The extractors that all runs were evaluated with, in the order of the first run."""
    return [
        name
        for name in runs[0].evaluation.extractors
        if all(name in run.evaluation.extractors for run in runs)
    ]


def cautions(runs_a: Sequence[MeasuredRun], runs_b: Sequence[MeasuredRun]) -> list[str]:
    """Differences that allow the comparison but that a reader should know."""
    runs = [*runs_a, *runs_b]
    warnings = []
    epochs = _by_value(runs, lambda e: e.epochs)
    if len(epochs) > 1:
        warnings.append(
            "the runs were trained for different numbers of epochs: "
            + "; ".join(
                f"{n} ({names[0]}{', …' if len(names) > 1 else ''})" for n, names in epochs.items()
            )
        )
    versions = _by_value(runs, lambda e: e.vaereg)
    if len(versions) > 1:
        warnings.append(
            f"the runs were evaluated with different versions of vaereg: "
            f"{', '.join(map(str, versions))}"
        )
    names = dict.fromkeys(name for run in runs for name in run.evaluation.extractors)
    alone = [name for name in names if name not in common_extractors(runs)]
    if alone:
        warnings.append(
            f"not compared, because not all runs were evaluated with them: {', '.join(alone)}"
        )
    own: dict[tuple[str, ...], list[str]] = {}
    for run in runs:
        own.setdefault(run.evaluation.warnings, []).append(run.argument)
    for warned, arguments in own.items():
        where = "" if len(own) == 1 else f"{arguments[0]}{', …' if len(arguments) > 1 else ''}: "
        warnings.extend(f"{where}{warning}" for warning in warned)
    return warnings

"""Whether evaluations can be compared: measured alike, on the same data."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from vaereg.comparison.measured_run import MeasuredRun
from vaereg.errors import RunError
from vaereg.evaluation.evaluation import Evaluation

_ALIKE: tuple[tuple[str, Callable[[Evaluation], Hashable], str], ...] = (
    (
        "the data",
        lambda e: e.data.digest[:12],
        "they were trained on other data; train both on the same [data] table",
    ),
    ("the split", lambda e: e.data.split, "evaluate both on the same split"),
    ("the held-out examples", lambda e: e.data.positions, "evaluate both with the same preset"),
    ("their number", lambda e: e.data.held_out, "evaluate both with the same preset"),
    (
        "the number of training examples looked at",
        lambda e: e.data.train,
        "evaluate both with the same preset",
    ),
    ("the number of samples", lambda e: e.generated, "evaluate both with the same preset"),
    ("the preset", lambda e: e.preset, "evaluate both with --quick, or both with --full"),
    ("whose weights", lambda e: e.weights, "evaluate both with the same --weights"),
)


def check_comparable(runs: Sequence[MeasuredRun]) -> None:
    """Refuses evaluations whose difference would not be that of the models.

    Raises:
        RunError: with everything that differs, what each has, and what to do.
    """
    problems = []
    for what, value, advice in _ALIKE:
        found = _by_value(runs, value)
        if len(found) > 1:
            problems.append(_told(what, found, advice))
    problems.extend(_extractors(runs))
    if problems:
        again = " ".join(dict.fromkeys(run.argument for run in runs))
        raise RunError(
            "these evaluations cannot be compared:\n"
            + "\n".join(problems)
            + f"\nWhere the data is the same: vaereg evaluate {again} --again"
        )


def _by_value(
    runs: Sequence[MeasuredRun], value: Callable[[Evaluation], Hashable]
) -> dict[Any, list[str]]:
    """The runs by what `value` says of their evaluations."""
    found: dict[Any, list[str]] = {}
    for run in runs:
        found.setdefault(value(run.evaluation), []).append(run.argument)
    return found


def _told(what: str, found: dict[Any, list[str]], advice: str) -> str:
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
            advice = "features of other weights cannot be compared; evaluate both anew"
            problems.append(_told(f"the extractor {name!r}", found, advice))
    if names and not common_extractors(runs):
        problems.append(
            f"  the extractors: they have none in common, but {', '.join(names)} between them "
            "(evaluate both with the same --features)"
        )
    return problems


def common_extractors(runs: Sequence[MeasuredRun]) -> list[str]:
    """The extractors that all runs were measured with, in the order of the first."""
    return [
        name
        for name in runs[0].evaluation.extractors
        if all(name in run.evaluation.extractors for run in runs)
    ]


def cautions(runs_a: Sequence[MeasuredRun], runs_b: Sequence[MeasuredRun]) -> list[str]:
    """What does not forbid the comparison but should be known."""
    runs = [*runs_a, *runs_b]
    found = []
    epochs = _by_value(runs, lambda e: e.epochs)
    if len(epochs) > 1:
        found.append(
            "they were not trained equally long: "
            + "; ".join(f"{n} epochs ({names[0]}, …)" for n, names in epochs.items())
        )
    versions = _by_value(runs, lambda e: e.vaereg)
    if len(versions) > 1:
        found.append(
            f"they were evaluated by several versions of vaereg: {', '.join(map(str, versions))}"
        )
    names = dict.fromkeys(name for run in runs for name in run.evaluation.extractors)
    alone = [name for name in names if name not in common_extractors(runs)]
    if alone:
        found.append(f"not compared, since not all were measured with it: {', '.join(alone)}")
    said = _by_value(runs, lambda e: e.warnings)
    for warnings, of in said.items():
        where = "" if len(said) == 1 else f"{of[0]}{', …' if len(of) > 1 else ''}: "
        found.extend(f"{where}{warning}" for warning in warnings)
    return found

"""Lists runs: their state, what differs between them, their scores and minutes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from vaereg.comparison.headline_scores import PRIMARY, primary_names
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.spaces import deciding_spaces
from vaereg.contracts.plain_values import JsonObject
from vaereg.errors import DeclarationError, RunError, UsageError, VaeregError
from vaereg.evaluation.evaluation import Evaluation
from vaereg.evaluation.evaluation_files import Variant, read_evaluation
from vaereg.reporting.differences import declared_settings, differing
from vaereg.runs.layout import ROOT, RunFolder, runs_of
from vaereg.runs.log import read_log
from vaereg.runs.read import Run, read_run
from vaereg.runs.run_declaration import read_run_declaration
from vaereg.runs.starting_weights import starting_weights
from vaereg.runs.status import STATES
from vaereg.workflows.options import read_folder

DAMAGED = "damaged"
"""The state of a run whose files cannot be read."""

SORTED_BY = ("time", "model", "state", "seed", "epochs", "minutes")
"""By what runs are sorted, besides scores; times and scores begin with the best or newest."""


@attrs.frozen(kw_only=True)
class ListedRun:
    """A run in the list.

    Args:
        folder: the run folder.
        model: the declared model.
        state: "running", "finished", "interrupted", "failed", "killed" or "damaged".
        reason: why it failed, stopped early or cannot be read, or an empty string.
        seed: the training seed; None if it is not known.
        epochs: how many epochs are done.
        of: how many epochs are declared.
        minutes: the time of the training; None if no epoch has ended.
        scores: the scores of the declared sampler by name; empty without an evaluation.
        directions: score -> 1 if larger values are better, else -1 or 0.
        deciding: the names of the scores that decide in a comparison.
        settings: the declared settings as text, by dotted key.
        weights_from: the run whose weights it began with, or an empty string.
    """

    folder: Path
    model: str
    state: str
    reason: str = ""
    seed: int | None = None
    epochs: int = 0
    of: int = 0
    minutes: float | None = None
    scores: Mapping[str, float] = attrs.field(factory=dict)
    directions: Mapping[str, int] = attrs.field(factory=dict)
    deciding: tuple[str, ...] = ()
    settings: Mapping[str, str] = attrs.field(factory=dict)
    weights_from: str = ""

    def as_dict(self) -> JsonObject:
        """The content for `--json`."""
        content = attrs.asdict(self)
        del content["directions"], content["deciding"]
        return {**content, "folder": str(self.folder)}


def list_runs(
    runs: str | os.PathLike[str] = ROOT,
    *,
    models: Sequence[str] = (),
    states: Sequence[str] = (),
    sort: str = "time",
) -> list[ListedRun]:
    """Lists the runs of a folder, as `vaereg runs` does. Never imports keras.

    Args:
        runs: the folder of all runs.
        models: only runs of these models; empty for all.
        states: only runs in these states; empty for all.
        sort: "time" (the newest first), "model", "state", "seed", "epochs", "minutes", or the name
            of a score (the best first). Runs without the value come last.

    Returns:
        The runs. A run that cannot be read is in the list too, in the state "damaged".

    Raises:
        UsageError: for an unknown state, model or value to sort by.
        RunError: if the folder cannot be read.
    """
    root = read_folder("runs", runs)
    known = (*STATES, DAMAGED)
    for state in states:
        if state not in known:
            raise UsageError(f"no state {state!r}; the states: {', '.join(known)}")
    folders = [each for model in _models(root) for each in runs_of(root / model)]
    for model in models:
        if not runs_of(root / model):
            found = ", ".join(_models(root)) or "none"
            raise UsageError(f"no run of a model {model!r} in {root}; models with runs: {found}")
    listed = [
        listed_run(folder) for folder in folders if not models or folder.path.parent.name in models
    ]
    listed = [each for each in listed if not states or each.state in states]
    return _sorted(listed, sort)


def listed_run(folder: RunFolder) -> ListedRun:
    """A run as the list shows it."""
    model = folder.path.parent.name
    try:
        run = read_run(folder.path)
        begun = starting_weights(run.lock, folder.lock)
        evaluation = _evaluation(folder)
        return ListedRun(
            folder=folder.path,
            model=str(run.lock["model"]),
            state=run.status.state,
            reason=run.status.reason,
            seed=int(run.lock["seed"]),
            epochs=run.status.epochs,
            of=run.status.of,
            minutes=_minutes(folder),
            scores={n: s.value for n, s in evaluation.scores.items()} if evaluation else {},
            directions={n: s.direction for n, s in evaluation.scores.items()} if evaluation else {},
            deciding=_deciding(evaluation) if evaluation else (),
            settings=run_settings(run),
            weights_from="" if begun is None else begun.run,
        )
    except DeclarationError as error:
        reason = f"{folder.declaration}: {error.problems[0].message}"
        return ListedRun(folder=folder.path, model=model, state=DAMAGED, reason=reason)
    except VaeregError as error:
        return ListedRun(
            folder=folder.path, model=model, state=DAMAGED, reason=str(error).splitlines()[0]
        )


def run_settings(run: Run) -> dict[str, str]:
    """The declared settings of a run as text, by dotted key, without the seed.

    Raises:
        RunError: if its declaration.toml is missing.
        DeclarationError: if it is not TOML.
    """
    declared = read_run_declaration(run.folder).document.values
    settings = declared_settings(declared, str(run.lock["model"]), str(run.lock["dataset"]["name"]))
    settings.pop("train.seed", None)
    return settings


def differences_within(runs: Sequence[ListedRun]) -> list[dict[str, str]]:
    """For each run, the settings that are not the same in all runs of its model."""
    found: list[dict[str, str]] = [{} for _ in runs]
    for model in {each.model for each in runs}:
        mine = [i for i, each in enumerate(runs) if each.model == model and each.settings]
        for name, values in differing([runs[i].settings for i in mine], brackets=False):
            for index, value in zip(mine, values, strict=True):
                found[index][name] = value
    return found


def headline_scores(runs: Sequence[ListedRun]) -> list[str]:
    """The names of the scores that decide in a comparison of some of the runs."""
    return list(dict.fromkeys(name for each in runs for name in each.deciding))


def _deciding(evaluation: Evaluation) -> tuple[str, ...]:
    spaces = deciding_spaces([MeasuredRun(run=evaluation.run, evaluation=evaluation)]).names
    names = [name for question in PRIMARY for name in primary_names(question, spaces)]
    return tuple(name for name in dict.fromkeys(names) if name in evaluation.scores)


def _models(root: Path) -> list[str]:
    try:
        return sorted(each.name for each in root.iterdir() if runs_of(each))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(f"cannot read {root}: {error.strerror}") from error


def _evaluation(folder: RunFolder) -> Evaluation | None:
    """The evaluation of the declared sampler; None if there is none that can be read."""
    try:
        return read_evaluation(folder, Variant())
    except RunError:
        return None


def _minutes(folder: RunFolder) -> float | None:
    """The minutes of training: in all, or of the epochs so far."""
    of_epoch: dict[int, float] = {}
    total = None
    try:
        for event in read_log(folder.log):
            if event.get("event") == "epoch":
                of_epoch[int(event["epoch"])] = float(event["seconds"])
                total = None
            elif event.get("event") == "finished":
                total = float(event["seconds"])
    except (OSError, KeyError, TypeError, ValueError):
        return None
    seconds = total if total is not None else sum(of_epoch.values())
    return seconds / 60 if seconds else None


def _sorted(runs: Sequence[ListedRun], by: str) -> list[ListedRun]:
    runs = sorted(runs, key=lambda each: each.folder.name, reverse=True)
    keys: dict[str, Callable[[ListedRun], str | float | None]] = {
        "time": lambda each: 0,
        "model": lambda each: each.model,
        "state": lambda each: each.state,
        "seed": lambda each: each.seed,
        "epochs": lambda each: each.epochs,
        "minutes": lambda each: each.minutes,
    }
    scores = {name: sign for each in runs for name, sign in each.directions.items()}
    if by not in keys and by not in scores:
        raise UsageError(
            f"runs are not sorted by {by!r}; sort by {', '.join(keys)}"
            + (f", or a score: {', '.join(headline_scores(runs))}" if scores else "")
        )

    def value(each: ListedRun) -> str | float | None:
        if by in keys:
            return keys[by](each)
        score = each.scores.get(by)
        return None if score is None else score * (-1 if scores[by] > 0 else 1)

    with_value = [each for each in runs if value(each) is not None]
    without = [each for each in runs if value(each) is None]
    return [*sorted(with_value, key=value), *without]  # type: ignore[arg-type]  # none is None

"""What differs between two runs: settings, versions, data and scores."""

from __future__ import annotations

import os
from pathlib import Path

import attrs

from vaereg.contracts.plain_values import JsonObject
from vaereg.evaluation.evaluation_files import OlderFormError, Variant, read_evaluation
from vaereg.reporting.differences import differing
from vaereg.runs.layout import ROOT
from vaereg.runs.read import Run, read_run
from vaereg.runs.run_declaration import read_run_declaration
from vaereg.runs.starting_weights import starting_weights
from vaereg.workflows.options import RunLike, read_folder, read_run_like
from vaereg.workflows.runs.list_runs import run_settings

Row = tuple[str, str, str]
"""What differs, and its value in each run."""


@attrs.frozen(kw_only=True)
class RunDifferences:
    """What differs between two runs.

    Args:
        a, b: the run folders.
        settings: what was declared, with changes during training.
        made_with: seed, data, versions, devices and components.
        scores: the scores of the declared samplers, (name, value of a, value of b), with None where
            a run has not been evaluated.
    """

    a: Path
    b: Path
    settings: tuple[Row, ...]
    made_with: tuple[Row, ...]
    scores: tuple[tuple[str, float | None, float | None], ...]

    def as_dict(self) -> JsonObject:
        """The content for `--json`."""
        return {
            "a": str(self.a),
            "b": str(self.b),
            **{
                name: [{"name": what, "a": of_a, "b": of_b} for what, of_a, of_b in rows]
                for name, rows in (
                    ("settings", self.settings),
                    ("made_with", self.made_with),
                    ("scores", self.scores),
                )
            },
        }


def diff_runs(a: RunLike, b: RunLike, *, runs: str | os.PathLike[str] = ROOT) -> RunDifferences:
    """Lists what differs between two runs, as `vaereg runs diff` does. Never imports keras.

    Args:
        a, b: the runs; see `vaereg.evaluate`.
        runs: the folder of all runs.

    Raises:
        RunError: if there is no such run, or it is damaged.
        DeclarationError: if its declaration.toml is not TOML.
    """
    root = read_folder("runs", runs)
    one, two = (read_run(read_run_like(each), root) for each in (a, b))
    scores = [_scores(each) for each in (one, two)]
    names = dict.fromkeys(name for each in scores for name in each)
    return RunDifferences(
        a=one.folder.path,
        b=two.folder.path,
        settings=_rows(differing([_settings(one), _settings(two)])),
        made_with=_rows(differing([_made_with(one), _made_with(two)])),
        scores=tuple((name, scores[0].get(name), scores[1].get(name)) for name in names),
    )


def _rows(found: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Row, ...]:
    return tuple((name, values[0], values[1]) for name, values in found)


def _settings(run: Run) -> dict[str, str]:
    changes = read_run_declaration(run.folder).changes
    settings = {"model": str(run.lock["model"]), **run_settings(run)}
    for number, change in enumerate(changes, 1):
        settings[f"change {number}"] = f"{change} after epoch {change.after_epoch}"
    return settings


def _made_with(run: Run) -> dict[str, str]:
    lock, status = run.lock, run.status
    begun = starting_weights(lock, run.folder.lock)
    backend, dataset = lock["backend"], lock["dataset"]
    told = {
        "state": status.state,
        "epochs": str(status.epochs),
        "seed": str(lock["seed"]),
        "first weights": "random" if begun is None else str(begun),
        "data": f"{dataset['name']}, {dataset['examples']:,} examples, {dataset['digest'][:12]}",
        "vaereg": str(lock["vaereg"]),
        "keras": str(lock["keras"]),
        "backend": f"{backend['name']} {backend['version']}",
        "python": str(lock["python"]),
        "platform": str(lock["platform"]),
        "devices": ", ".join(map(str, lock["devices"])),
    }
    told |= {f"environment {name}": value for name, value in lock.get("environment", {}).items()}
    for address, part in lock["components"].items():
        told[f"component {address}"] = (
            f"{part['component']} {part['version']} (source {part['sha256'][:12]})"
        )
    return told


def _scores(run: Run) -> dict[str, float]:
    try:
        evaluation = read_evaluation(run.folder, Variant())
    except OlderFormError:
        return {}
    return {} if evaluation is None else {n: each.value for n, each in evaluation.scores.items()}

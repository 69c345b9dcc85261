"""Scores the examples of a file, a folder or a split: how well a model explains each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import attrs
import numpy as np

from vaereg.errors import DataError, UsageError
from vaereg.workflows.tell import Tell
from vaereg.workflows.use.anomalies import anomalous_classes, area_under_roc
from vaereg.workflows.use.model_in_use import ModelInUse
from vaereg.workflows.use.options import Used, UseOptions, check_source
from vaereg.workflows.use.out_path import out_path
from vaereg.workflows.use.row_files import ROW_FILES, check_row_file, row_writer

if TYPE_CHECKING:
    from vaereg.contracts.examples import Examples
    from vaereg.trained.examples.example_batches import ExampleBatch

SIGNS = {"elbo": -1.0, "bound": -1.0, "reconstruction": -1.0, "kl": 1.0, "anomaly": 1.0}
"""Score -> the sign with which a higher value means less normal."""


@attrs.frozen(kw_only=True)
class ScoreOptions(UseOptions):
    """How examples are scored.

    Args:
        samples: how many draws from q(z given x) each example gets.
        threshold: a share of the validation examples, whose quantile of the anomaly scores marks
            what lies beyond it; None to mark nothing.
        anomalies: the classes whose examples are anomalies; empty to go by their names.
    """

    samples: int = 64
    threshold: float | None = None
    anomalies: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Scored(Used):
    """What was scored.

    Args:
        means: score -> its mean over the examples; NaN left out.
        limit: the anomaly score beyond which an example is marked; None without a threshold.
        beyond: how many are marked.
        anomalous: the classes of anomalies; empty if the labels do not tell.
        auroc: score -> how well it tells the anomalies from the rest, from 0 to 1.
    """

    means: Mapping[str, float]
    limit: float | None = None
    beyond: int = 0
    anomalous: tuple[str, ...] = ()
    auroc: Mapping[str, float] = attrs.field(factory=dict)


def score_examples(run: str, options: ScoreOptions, tell: Tell) -> Scored:
    """Writes the scores of each example, in nats, with its name and its label.

    `elbo`, `bound`, `reconstruction` and `kl` are those of `TrainedModel.score`. `anomaly` is
    higher for less normal examples: the negative of the bound or, for a deterministic posterior,
    of the reconstruction. With a threshold, `beyond` says whether it lies beyond that quantile of
    the validation split.

    Args:
        run: a run folder, `<model>/<id>`, or a model's name for its newest run.
        options: the examples, and the .csv, .npz or .parquet file to write.
        tell: receives warnings and progress.

    Raises:
        UsageError: for a file that exists, or of another kind; for a threshold that is no share;
            for classes that no example has.
        DataError: for examples that cannot be read, or of another shape or range than the run's.
        RunError: if there is no such run, or the file cannot be written.
        LockError: if a component or the data differs and `ignore_lock` is false.
    """
    check_source(options)
    if options.threshold is not None and not 0 < options.threshold < 1:
        raise UsageError(f"threshold is a share above 0 and below 1; got {options.threshold}")
    path = out_path(options.out, ROW_FILES, force=options.force)
    check_row_file(path)
    used = ModelInUse(run, options, tell)
    examples = used.examples
    anomalous = anomalous_classes(_classes_in(examples), used.known_classes(), options.anomalies)
    limit = None
    if options.threshold is not None:
        validation = used.examples_of("validation")
        scored = [found["anomaly"] for _, found in _scored(used, options, validation, "validation")]
        limit = float(np.quantile(np.concatenate(scored), options.threshold))
    kept: dict[str, list[np.ndarray]] = {}
    labels: list[str] = []
    with row_writer(path) as writer:
        for batch, found in _scored(used, options, examples, ""):
            columns: dict[str, np.ndarray | list[str]] = {"name": batch.names}
            if batch.labels is not None:
                columns["label"] = batch.labels
                labels += batch.labels
            columns |= found
            if limit is not None:
                columns["beyond"] = found["anomaly"] > limit
            writer.write(columns)
            for name, values in found.items():
                kept.setdefault(name, []).append(values)
    every = {name: np.concatenate(values) for name, values in kept.items()}
    return Scored(
        run=used.folder,
        path=path,
        count=len(examples),
        weights=used.model.weights,
        means={name: float(values.mean()) for name, values in every.items() if _known(values)},
        limit=limit,
        beyond=0 if limit is None else int((every["anomaly"] > limit).sum()),
        anomalous=tuple(sorted(anomalous or ())),
        auroc=_auroc(every, labels, anomalous) if anomalous and labels else {},
    )


def _classes_in(examples: Examples) -> frozenset[str]:
    """The classes that occur."""
    numbers = examples.split.labels(np.arange(len(examples))) if examples.class_names else None
    if numbers is None:
        return frozenset()
    return frozenset(examples.class_names[each] for each in np.unique(numbers))


def _scored(
    used: ModelInUse, options: ScoreOptions, examples: Examples, split: str
) -> Iterator[tuple[ExampleBatch, dict[str, np.ndarray]]]:
    """Batches with their scores."""
    doing = f"scoring the {split} split," if split else "scoring"
    for batch in used.batches(examples, doing):
        scores = used.model.score(
            batch.examples, samples=options.samples, seed=options.seed, given=batch.given
        )
        known = scores["bound"] if _known(scores["bound"]) else scores["reconstruction"]
        if np.isnan(known).any():
            name = batch.names[int(np.argmax(np.isnan(known)))]
            raise DataError(f"{name}: its scores are NaN; so are the weights of the run, probably")
        yield batch, {**scores, "anomaly": -known}


def _known(values: np.ndarray) -> bool:
    return not np.isnan(values).all()


def _auroc(
    scores: Mapping[str, np.ndarray], labels: list[str], anomalous: frozenset[str]
) -> dict[str, float]:
    positive = np.array([label in anomalous for label in labels])
    areas = {
        name: area_under_roc(SIGNS[name] * values, positive) for name, values in scores.items()
    }
    return {name: area for name, area in areas.items() if area is not None}

"""Ends a training: writes the weights, the fitted sampler, samples and reconstructions."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.assembly.told import handed_out
from vaereg.contracts.conditions import (
    NO_CONDITIONS,
    Given,
    conditions_at,
    keyword,
    shown_conditions,
)
from vaereg.contracts.data import Data, Split
from vaereg.declaration.declaration import Declaration
from vaereg.errors import RunError
from vaereg.host.progress import Progress
from vaereg.pictures.image_grid import reconstruction_grid, write_grid
from vaereg.runs.atomic import replacing
from vaereg.runs.layout import RunFolder
from vaereg.runs.state_file import digest_of, read_stamp, write_state
from vaereg.runs.texts import texts_of, write_texts
from vaereg.trained.samplers import TrainSampler
from vaereg.trained.trained_model import TrainedModel
from vaereg.training.resumed_checkpoint import best_checkpoint

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

SHOWN = 64
"""How many samples a grid shows."""

PAIRS = 32
"""How many reconstructions a grid shows."""

STREAM = 54
"""Makes the choice of these differ from draws that the data may have been made with."""


def finish(
    vae: VAE,
    data: Data,
    declaration: Declaration,
    run: RunFolder,
    progress: Progress,
    *,
    best_epoch: int = 0,
    best_digest: str = "",
    train_sampler: TrainSampler | None = None,
) -> dict[str, str]:
    """Writes the final files of a run; a second call writes the same files.

    With early stopping, the weights are those of the best epoch, otherwise those of the last.

    Args:
        vae: the model after its last step.
        data: the data it was trained on.
        declaration: the declaration of the run.
        run: the folder that everything is written to.
        progress: shows the stages.
        best_epoch: the best epoch, counted from 1; 0 if there is none.
        best_digest: the digest of its checkpoint; empty if it is not known.
        train_sampler: trains the sampler, if it learns by steps.

    Returns:
        Name of each result -> its path.

    Raises:
        RunError: if the checkpoint of the best epoch is needed, but missing or damaged.
    """
    made_from = {"last": _digest(run.last), "best": ""}
    if declaration.train.early_stopping is not None and best_epoch:
        best = best_checkpoint(run, best_epoch, best_digest)
        vae.restore(best.arrays, as_declared=True)
        made_from["best"] = _digest(run.best)
    weights = vae.weights_only()
    write_state(
        run.weights,
        weights,
        {
            "vaereg": vaereg.__version__,
            "model": declaration.model,
            "steps": vae.steps_done(),
            "weights": digest_of(weights),
            **made_from,
        },
    )
    trained = TrainedModel(
        vae,
        declaration,
        lambda: data,
        folder=run,
        data_digest=data.digest,
        progress=progress,
        train_sampler=train_sampler,
    )
    trained.fitted_sampler()
    progress.stage("drawing samples and reconstructions")
    written = {"weights": str(run.weights)}
    told = handed_out(declaration, data.spec)
    given = shown_conditions(data.train, told, SHOWN, declaration.train.seed)
    samples, latents = trained.draw(SHOWN, declaration.train.seed, given=given)
    if has_pictures(data):
        pictures = {name: run.samples / f"{name}.png" for name in ("samples", "reconstructions")}
        split, chosen = chosen_to_reconstruct(data)
        known = conditions_at(split, vae.parts.conditions, chosen)
        originals = split.take(chosen)
        value_range = data.spec.value_range
        write_grid(samples, pictures["samples"], value_range=value_range)
        reconstruction_grid(
            originals,
            vae.reconstruct(originals, **keyword(known)),
            pictures["reconstructions"],
            value_range=value_range,
        )
        written.update({name: str(path) for name, path in pictures.items()})
    if data.spec.form != "image":
        write_arrays(run.samples / "samples.npz", samples, latents, data, given)
        written["arrays"] = str(run.samples / "samples.npz")
        texts = texts_of(data.in_original_units(samples))
        if texts is not None:
            write_texts(run.samples / "samples.txt", texts)
            written["texts"] = str(run.samples / "samples.txt")
    progress.end_stage()
    return written


def _digest(path: Path) -> str:
    stamp = read_stamp(path)
    return "" if stamp is None else stamp.digest


def has_pictures(data: Data) -> bool:
    """Whether examples of this data can be drawn in a grid."""
    return data.spec.form in ("image", "vector")


def examples_to_reconstruct(data: Data) -> np.ndarray:
    """Some validation examples, or else training examples; always the same ones."""
    split, positions = chosen_to_reconstruct(data)
    return split.take(positions)


def chosen_to_reconstruct(data: Data) -> tuple[Split, np.ndarray]:
    """The split and the positions of `examples_to_reconstruct`."""
    split = data.validation if data.validation is not None and len(data.validation) else data.train
    # Data is often sorted by class, so the first examples would be of one class.
    chosen = np.random.default_rng([0, STREAM]).permutation(len(split))[:PAIRS]
    return split, np.sort(chosen)


def write_arrays(
    path: Path,
    samples: np.ndarray,
    latents: np.ndarray,
    data: Data,
    given: Given = NO_CONDITIONS,
) -> None:
    """Writes `samples`, in the units of the data, and `latents` to an npz file.

    If the data has columns, their names are written too, as `columns`; conditions as `given_NAME`.
    """
    _check_finite(samples)
    shown = data.in_original_units(samples)
    texts = texts_of(shown)
    shown = shown if texts is None else np.array(texts, np.str_)
    with replacing(path) as temporary, temporary.open("wb") as file:
        arrays = {"samples": shown, "latents": latents}
        arrays |= {f"given_{name}": values for name, values in given.items()}
        if names := getattr(data.to_display, "columns", ()):
            arrays["columns"] = np.array(names)
        np.savez_compressed(file, allow_pickle=False, **arrays)


def write_rows(path: Path, samples: np.ndarray, data: Data) -> None:
    """Writes samples (n, d) as a text table, in the columns and units of the data's file."""
    _check_finite(samples)
    if data.to_rows is not None:
        names, rows = data.to_rows(samples)
    else:
        shown = data.in_original_units(samples)
        if (texts := texts_of(shown)) is not None:
            names, rows = ["text"], [[text] for text in texts]
        else:
            names = [str(each + 1) for each in range(samples.shape[1])]
            rows = [[f"{value:g}" for value in row] for row in shown.tolist()]
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def _check_finite(samples: np.ndarray) -> None:
    if not np.isfinite(samples).all():
        raise RunError("the samples contain NaN or infinite values; the weights probably do too.")

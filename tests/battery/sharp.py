"""Samples of the model `sharp` of registry.toml, trained on a set of the battery."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.battery.sets import RealSet

ROOT = Path(__file__).resolve().parents[2]
SEED = 0
MODEL = "sharp"

BATCH_SIZE, DECAY = 64, "decay_steps = 6200"
"""What registry.toml declares for `sharp`."""


def samples_of_run(real: RealSet, count: int, runs: Path) -> np.ndarray | None:
    """Draws from the newest run of `sharp` in a folder, if its images have the shape of a set.

    Args:
        real: the set.
        count: how many samples.
        runs: the folder of runs.

    Returns:
        (count, height, width, channels) in [0, 1], or None for another shape.
    """
    import vaereg

    trained = vaereg.load(MODEL, runs, ignore_lock=True, quiet=True)
    if tuple(trained.data.spec.shape) != real.pool.shape[1:]:
        return None
    return np.asarray(trained.sample(count, SEED))


def samples_of_sharp(real: RealSet, count: int, folder: Path, epochs: int) -> np.ndarray:
    """Draws from `sharp` after training it on the training images of a set.

    Args:
        real: the set.
        count: how many samples.
        folder: where data and run are written.
        epochs: how long to train; the learning rate decays in this time.

    Returns:
        (count, height, width, channels) in [0, 1].
    """
    import vaereg

    run = vaereg.train(
        _declared(real, folder, epochs),
        MODEL,
        seed=SEED,
        epochs=epochs,
        runs=folder / "runs",
        quiet=True,
    )
    return np.asarray(vaereg.load(run.folder, quiet=True).sample(count, SEED))


def _declared(real: RealSet, folder: Path, epochs: int) -> Path:
    """Writes the data, and a registry.toml with `sharp` for them."""
    data = real.data
    splits = {"train": data.train, "val": data.validation, "test": data.test}
    arrays = {
        f"x_{name}": np.rint(split.take(np.arange(len(split))) * 255).astype(np.uint8)
        for name, split in splits.items()
        if split is not None
    }
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "battery.npz", **arrays)
    declared = (ROOT / "registry.toml").read_text(encoding="utf-8")
    before, _, rest = declared.partition("[data.fashion]")
    _, _, models = rest.partition("\n\n")
    data_table = '[data.fashion]\nuse = "arrays"\npath = "battery.npz"\n\n'
    steps = epochs * -(-len(data.train) // BATCH_SIZE)
    assert DECAY in models
    models = models.replace(DECAY, f"decay_steps = {steps}")
    (folder / "registry.toml").write_text(before + data_table + models, encoding="utf-8")
    return folder / "registry.toml"

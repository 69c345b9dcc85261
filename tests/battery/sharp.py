"""Samples of the model `sharp` of registry.toml, trained on a set of the battery."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.battery.sets import RealSet

ROOT = Path(__file__).resolve().parents[2]
SEED = 0


def samples_of_sharp(real: RealSet, count: int, folder: Path, epochs: int) -> np.ndarray:
    """Trains `sharp` on the training images of a set, and draws from it.

    Args:
        real: the set.
        count: how many samples.
        folder: where data and run are written.
        epochs: how long to train.

    Returns:
        (count, height, width, channels) in [0, 1].
    """
    import vaereg

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
    (folder / "registry.toml").write_text(before + data_table + models, encoding="utf-8")
    run = vaereg.train(
        folder / "registry.toml",
        "sharp",
        seed=SEED,
        epochs=epochs,
        runs=folder / "runs",
        quiet=True,
    )
    drawn: np.ndarray = vaereg.load(run.folder, quiet=True).sample(count, SEED)
    return drawn

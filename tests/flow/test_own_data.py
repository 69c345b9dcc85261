"""`init --data`, `train` and `evaluate` on each usual kind of data, as a user types them."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.helpers.tiny_run import blobs, result, vaereg_here

COUNT = 400
"""Examples of each kind; fewer leave too few to train on and to evaluate with."""


def sunset(number: int, height: int, width: int) -> np.ndarray:
    """A bright spot before a sky that grows lighter downwards, uint8 (height, width, 3)."""
    rng = np.random.default_rng(number)
    row, column = np.mgrid[:height, :width]
    at = rng.uniform(0.25, 0.75, 2) * (height, width)
    spot = np.exp(-((row - at[0]) ** 2 + (column - at[1]) ** 2) / (0.08 * min(height, width) ** 2))
    sky = np.array([0.2, 0.4, 0.7]) * (0.5 + 0.5 * row / height)[..., None]
    return np.rint(255 * np.clip(sky + spot[..., None] * [0.7, 0.5, 0.1], 0, 1)).astype(np.uint8)


def photographs(folder: Path) -> str:
    (folder / "photos").mkdir()
    sizes = np.random.default_rng(0).integers(18, 40, (COUNT, 2))
    for number, (height, width) in enumerate(sizes):
        Image.fromarray(sunset(number, height, width)).save(folder / "photos" / f"{number}.jpg")
    return "photos"


def class_folders(folder: Path) -> str:
    for kind in ("blue", "red"):
        (folder / "skies" / kind).mkdir(parents=True)
    for number in range(COUNT):
        image = sunset(number, 8, 8)
        kind = ("blue", "red")[number % 2]
        turned = image if kind == "blue" else np.ascontiguousarray(image[..., ::-1])
        Image.fromarray(turned).save(folder / "skies" / kind / f"{number}.png")
    return "skies"


def npz(folder: Path) -> str:
    np.savez(folder / "x.npz", images=blobs(COUNT, 0), labels=np.arange(COUNT) % 3)
    return "x.npz"


def idx_pair(folder: Path) -> str:
    images, labels = blobs(COUNT, 0)[..., 0], (np.arange(COUNT) % 3).astype(np.uint8)
    for name, values in (("images-idx3", images), ("labels-idx1", labels)):
        header = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
        with gzip.open(folder / f"train-{name}-ubyte.gz", "wb") as file:
            file.write(header + values.tobytes())
    return "train-images-idx3-ubyte.gz"


def table(folder: Path) -> str:
    rng = np.random.default_rng(7)
    lines = ["a,b,city,count,when,same"]
    for number in range(COUNT):
        kind = number % 3
        a, b = rng.normal(10 * kind), rng.normal(20 * kind)
        known = "" if number % 9 == 4 else f"{b:.2f}"
        city = ("Bern", "Oslo", "")[kind]
        lines.append(f"{a:.2f},{known},{city},{rng.integers(5)},2020-01-0{number % 9 + 1},7")
    (folder / "t.csv").write_text("\n".join(lines) + "\n")
    return "t.csv"


def series(folder: Path) -> str:
    rng = np.random.default_rng(7)  # not the seed of the splits, which would sort by the phase
    phase, height = rng.uniform(0, 6, (COUNT, 1)), rng.uniform(1, 3, (COUNT, 1))
    values = np.sin(np.arange(40) / 5 + phase) * height + rng.normal(0, 0.1, (COUNT, 40))
    np.save(folder / "s.npy", values)
    return "s.npy"


@pytest.mark.slow
@pytest.mark.parametrize("make", [photographs, class_folders, npz, idx_pair, table, series])
def test_samples_are_nearer_to_the_data_than_those_of_an_untrained_model(
    tmp_path: Path, make: Callable[[Path], str]
) -> None:
    written = vaereg_here("init", "--data", make(tmp_path), cwd=tmp_path)
    assert written.returncode == 0, written.stderr

    def distance(*options: str) -> float:
        trained = vaereg_here("train", "--json", "--samples-every", "0", *options, cwd=tmp_path)
        run = result(trained)["run"]
        words = ("evaluate", run, "--quick", "--features", "pixels", "--json")
        evaluated = vaereg_here(*words, cwd=tmp_path)
        assert evaluated.returncode == 0, evaluated.stderr + evaluated.stdout
        scores = json.loads(evaluated.stdout)["evaluations"][0]["scores"]
        return float(scores["kernel_distance_pixels"]["value"])

    untrained = distance("--epochs", "1", "--set", "train.optimizer.learning_rate=1e-12")
    assert distance("--epochs", "6") < 0.5 * untrained

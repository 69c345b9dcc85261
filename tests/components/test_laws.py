"""Every built-in component keeps every law of its kind; plugins' own tests run theirs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vaereg.testing import ComponentUnderTest, Law, parametrize_with_checks


def arrays(folder: Path) -> Mapping[str, Any]:
    rng = np.random.default_rng(0)
    np.savez(folder / "data.npz", x=rng.integers(0, 256, (60, 8, 8, 1), dtype=np.uint8))
    return {"path": str(folder / "data.npz")}


def image_folder(folder: Path) -> Mapping[str, Any]:
    rng = np.random.default_rng(0)
    for i in range(40):
        place = folder / "images" / "ab"[i % 2]
        place.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(place / f"{i}.png")
    return {"path": str(folder / "images")}


def csv(folder: Path) -> Mapping[str, Any]:
    rng = np.random.default_rng(0)
    rows = "\n".join(",".join(f"{v:.6f}" for v in row) for row in rng.normal(size=(60, 3)))
    (folder / "table.csv").write_text(f"a,b,c\n{rows}\n", encoding="utf-8")
    return {"path": str(folder / "table.csv")}


def weights(name: str) -> Callable[[Path], Mapping[str, Any]]:
    """The file of that name in the folder that VAEREG_TEST_WEIGHTS names, if it is there."""
    return lambda folder: {"weights": str(Path(os.environ.get(WEIGHTS, folder)) / name)}


WEIGHTS = "VAEREG_TEST_WEIGHTS"
GIVEN = {
    "dataset/arrays": arrays,
    "dataset/image_folder": image_folder,
    "dataset/csv": csv,
    "feature_extractor/classifier": {"least_steps": 20},
    "feature_extractor/inception_v3": weights("pt_inception-2015-12-05-6726825d.pth"),
    "feature_extractor/keras_inception_v3": weights(
        "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5"
    ),
}


@parametrize_with_checks("vaereg", params=GIVEN)
def test_contract(component: ComponentUnderTest, check: Law) -> None:
    check(component)


def test_every_plugin_beside_the_core_runs_its_laws_in_its_own_tests() -> None:
    for plugin in (Path(__file__).parents[2] / "plugins").glob("*/pyproject.toml"):
        folder = plugin.parent
        tests = "".join(each.read_text(encoding="utf-8") for each in folder.glob("tests/test_*.py"))
        assert re.search(rf'@parametrize_with_checks\(\s*"{folder.name}"', tests), folder

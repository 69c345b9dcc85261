"""Every installed component keeps every law of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vaereg.testing import Law, Subject, parametrize_with_checks


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


REQUIRED = {"dataset/arrays": arrays, "dataset/image_folder": image_folder, "dataset/csv": csv}


@parametrize_with_checks(params=REQUIRED)
def test_contract(component: Subject, check: Law) -> None:
    check(component)

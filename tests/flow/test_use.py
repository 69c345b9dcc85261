"""A trained model is used: its examples are encoded, scored and reconstructed, file by file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import vaereg
from tests.helpers.conditional_run import spots, write_conditional_project
from tests.helpers.tiny_run import vaereg_here


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one run of a conditional model, and images of its two classes."""
    folder = tmp_path_factory.mktemp("project")
    write_conditional_project(folder, test=20)
    done = vaereg_here("train", "told", "-q", "--epochs", "1", cwd=folder)
    assert done.returncode == 0, done.stderr
    images, sides = spots(6, 5)
    np.savez(folder / "new.npz", x=images, y=np.array(["left", "right"])[sides])
    return folder


def test_a_file_is_encoded_as_the_model_in_python_does(project: Path) -> None:
    images, sides = spots(6, 5)
    done = vaereg_here("encode", "told", "new.npz", "-o", "z.csv", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n"] == 6
    rows = rows_of(project / "z.csv")
    assert [row["name"] for row in rows] == [f"new.npz, x[{each}]" for each in range(6)]
    assert [row["label"] for row in rows] == [("left", "right")[each] for each in sides]
    model = vaereg.load("told", project / "runs", quiet=True)
    latent = model.encode(images, given={"label": sides})
    for name, expected in (("mode", latent.mode), ("spread", np.exp(latent.log_var / 2))):
        found = np.array([[row[f"{name}_{at}"] for at in (1, 2)] for row in rows], float)
        assert np.allclose(found, expected, atol=1e-6)

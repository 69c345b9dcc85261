"""A latent of several groups: declared, trained, logged by group, resumed and used."""

import csv

import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_run import newest, vaereg_here, write_project

GROUPS = "{ top = 2, bottom = [2, 2, 1] }"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("groups")
    registry = write_project(folder)
    text = registry.read_text(encoding="utf-8").replace("latent = 3", f"latent = {GROUPS}")
    registry.write_text(text, encoding="utf-8")
    done = vaereg_here("train", "tiny", "--epochs", "2", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def history(folder):
    with (newest(folder) / "history.csv").open(encoding="utf-8") as file:
        return [{key: float(cell) for key, cell in row.items()} for row in csv.DictReader(file)]


@pytest.mark.slow
def test_the_history_holds_the_kl_divergence_of_each_group(project):
    for row in history(project):
        assert row["kl_top"] > 0 and row["kl_bottom"] > 0
        assert row["kl_top"] + row["kl_bottom"] == pytest.approx(row["kl"], rel=1e-5)


def test_a_run_with_groups_is_loaded_and_its_latents_are_taken_apart(project):
    model = vaereg.load(newest(project))
    latents = model.encode(model.examples(5, split="test")).mode

    parts = model.latent.split(latents)

    assert latents.shape == (5, 6)
    assert parts["top"].shape == (5, 2) and parts["bottom"].shape == (5, 2, 2, 1)
    np.testing.assert_array_equal(model.latent.join(parts), latents)
    assert model.sample(3).shape == (3, 8, 8, 1)


def test_a_run_with_groups_goes_on(project):
    done = vaereg_here("resume", newest(project), "--epochs", "3", cwd=project)

    assert done.returncode == 0, done.stderr
    assert [row["epoch"] for row in history(project)] == [1, 2, 3]


def test_free_bits_hold_for_each_group(project):
    done = vaereg_here(
        *("train", "tiny", "--epochs", "1", "--set", "models.tiny.kl.free_bits=50.0"),
        *("--set", "models.tiny.kl.weight=1.0"),
        cwd=project,
    )

    row = history(project)[0]
    assert done.returncode == 0, done.stderr
    assert row["kl_top"] < 50 and row["kl_bottom"] < 50
    assert row["loss"] - row["reconstruction"] == pytest.approx(100, rel=1e-4)

"""A trained model is used: its examples are encoded, scored and reconstructed, file by file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

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


def test_examples_are_scored_and_those_beyond_the_validation_split_marked(project: Path) -> None:
    words = ("--threshold", "0.9", "--samples", "16", "--json", "-q")
    done = vaereg_here("score", "told", "--split", "test", "-o", "s.csv", *words, cwd=project)
    assert done.returncode == 0, done.stderr
    told, rows = json.loads(done.stdout), rows_of(project / "s.csv")
    model = vaereg.load("told", project / "runs", quiet=True)
    (batch,) = model.batches()
    expected = model.score(batch.examples, samples=16, given=batch.given)
    for name in ("elbo", "bound", "reconstruction", "kl"):
        found = np.array([row[name] for row in rows], float)
        assert np.allclose(found, expected[name], rtol=1e-6), name
    (validation,) = model.batches(split="validation")
    other = model.score(validation.examples, samples=16, given=validation.given)
    limit = np.quantile(-other["bound"], 0.9)
    assert told["limit"] == pytest.approx(limit, rel=1e-6)
    marked = [row["beyond"] == "True" for row in rows]
    assert marked == (-expected["bound"] > limit).tolist() and told["beyond"] == sum(marked)


def test_reconstructions_and_walks_are_those_of_the_model(project: Path) -> None:
    images, sides = spots(6, 5)
    model = vaereg.load("told", project / "runs", quiet=True)
    given = {"label": sides}
    for command, *words in (
        ("reconstruct", "new.npz"),
        ("interpolate", "new.npz[0]", "new.npz[2]", "-n", "3"),
        ("traverse", "--at", "new.npz[0]", "-n", "3", "--most", "1"),
    ):
        out = f"{command}.npz"
        done = vaereg_here(command, "told", *words, "-o", out, "-q", cwd=project)
        assert done.returncode == 0, done.stderr
    with np.load(project / "reconstruct.npz") as found:
        expected = model.reconstruct(images, units="original", given=given)
        assert np.allclose(found["reconstructions"], expected, atol=1e-3)
        assert found["names"].tolist() == [f"new.npz, x[{each}]" for each in range(6)]
    one = {"label": sides[0]}
    modes = model.encode(images, given={"label": np.full(6, sides[0])}).mode
    with np.load(project / "interpolate.npz") as found:
        latents = np.stack([modes[0], (modes[0] + modes[2]) / 2, modes[2]])
        expected = model.decode(latents, units="original", given=one)
        assert np.allclose(found["examples"], expected, atol=1e-2)
    with np.load(project / "traverse.npz") as found:
        assert found["examples"].shape == (3, 8, 8, 1)
        middle = model.decode(modes[0], units="original", given=one)
        assert np.allclose(found["examples"][1], middle, atol=1e-2)


@pytest.mark.slow
def test_images_of_a_folder_keep_their_names(project: Path) -> None:
    images, sides = spots(3, 8)
    for number, (image, side) in enumerate(zip(images, sides, strict=True)):
        place = project / "pictures" / ("left", "right")[side]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[..., 0]).save(place / f"{number}.bmp")
    words = ("reconstruct", "told", "pictures", "-q")
    done = vaereg_here(*words, "-o", "made/", cwd=project)
    assert done.returncode == 0, done.stderr
    found = {path.relative_to(project / "made") for path in (project / "made").rglob("*.png")}
    known = (project / "pictures").rglob("*.bmp")
    assert found == {path.relative_to(project / "pictures").with_suffix(".png") for path in known}
    assert "has files in it" in vaereg_here(*words, "-o", "made", cwd=project).stderr
    (project / "made" / "mine.txt").write_text("kept")
    assert vaereg_here(*words, "-o", "made", "--force", cwd=project).returncode == 0
    assert (project / "made" / "mine.txt").read_text() == "kept"
    assert "give a .npz file or a folder" in vaereg_here(*words, "-o", "a.csv", cwd=project).stderr
    walked = vaereg_here("interpolate", "told", "test[1]", "train[0]", "-o", "w.png", cwd=project)
    assert walked.returncode == 0 and Image.open(project / "w.png").width > 8 * 8
    several = vaereg_here("interpolate", "told", "test", "train[0]", "-o", "v.png", cwd=project)
    assert "test has 20 examples; name one of them" in several.stderr
    beyond = vaereg_here("interpolate", "told", "test[20]", "train[0]", "-o", "v.png", cwd=project)
    assert "there are 20 examples" in beyond.stderr and not (project / "v.png").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("nothing.npy",), "nothing.npy does not exist"),
        ((), "--split"),
        (("new.npz", "--split", "test"), "either a file or folder"),
        (("--split", "all"), "train, validation or test"),
        (("new.npz", "-o", "z.txt"), "give a .npz file"),
        (("new.npz", "-o", "kept.csv"), "kept.csv already exists"),
        (("wide.npy",), "wide.npy: an array of shape (2, 8, 9); the run was trained on images"),
        (("other.npz",), "'middle', which the run does not know; it was trained on left, right"),
        (("unlabelled.npy",), "has no label"),
        (("new.npz", "--given", "label=up"), "'up' is no value of the condition"),
        (("new.npz", "--set", "train.epochs=3"), "cannot change a run"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_one_error_and_changes_nothing(
    project: Path, words: tuple[str, ...], found: str
) -> None:
    images, _ = spots(2, 6)
    np.save(project / "wide.npy", np.pad(images[..., 0], ((0, 0), (0, 0), (0, 1))))
    np.save(project / "unlabelled.npy", images)
    np.savez(project / "other.npz", x=images, y=["left", "middle"])
    (project / "kept.csv").write_text("old")
    before = sorted(project.iterdir())
    out = () if "-o" in words else ("-o", "bad.csv")
    done = vaereg_here("encode", "told", *words, *out, "-q", cwd=project)
    assert done.returncode in (1, 2) and found in done.stderr and not done.stdout
    assert "Traceback" not in done.stderr and "bug in vaereg" not in done.stderr
    assert sorted(project.iterdir()) == before and (project / "kept.csv").read_text() == "old"

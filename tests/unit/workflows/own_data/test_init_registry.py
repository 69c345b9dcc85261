"""init --data: a registry for a user's data, with reasons, that check accepts."""

from __future__ import annotations

import gzip
import os
import pty
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.helpers.tiny_run import blobs, command, vaereg_here

RNG = np.random.default_rng(0)


def photographs(folder: Path) -> str:
    (folder / "photos").mkdir()
    for number in range(40):
        size = (20 + number % 7, 30 - number % 5)
        image = RNG.integers(0, 256, (*size, 3), np.uint8)
        Image.fromarray(image).save(folder / "photos" / f"{number}.jpg")
    return "photos"


def class_folders(folder: Path) -> str:
    for kind in ("cat", "dog"):
        (folder / "pets" / kind).mkdir(parents=True)
        for number in range(20):
            image = RNG.integers(0, 256, (16, 16), np.uint8)
            Image.fromarray(image).save(folder / "pets" / kind / f"{number}.png")
    return "pets"


def npz(folder: Path) -> str:
    np.savez(folder / "x.npz", images=blobs(60, 0), labels=np.arange(60) % 3)
    return "x.npz"


def idx_pair(folder: Path) -> str:
    for name, values in (("images-idx3", blobs(60, 0)[..., 0]), ("labels-idx1", np.arange(60) % 3)):
        content = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
        with gzip.open(folder / f"train-{name}-ubyte.gz", "wb") as file:
            file.write(content + values.astype(np.uint8).tobytes())
    return "train-images-idx3-ubyte.gz"


def table(folder: Path) -> str:
    rows = [
        f"{i * 1.5},{'' if i % 9 == 4 else i % 11},{('Bern', 'Oslo', '')[i % 3]}"
        f",2020-01-0{i % 9 + 1},7"
        for i in range(60)
    ]
    (folder / "t.csv").write_text("a,b,city,when,same\n" + "\n".join(rows) + "\n")
    return "t.csv"


def series(folder: Path) -> str:
    np.save(folder / "s.npy", RNG.normal(size=(60, 40)).cumsum(axis=1))
    return "s.npy"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (photographs, ['use = "image_folder"', "size = 16", "image 16 x 16 x 3"]),
        (class_folders, ['path = "pets"', "2 classes, such as cat, dog"]),
        (npz, ['use = "arrays"', "image 8 x 8 x 1", "3 classes"]),
        (idx_pair, ['use = "arrays"', "stored values from 0 to 255", "3 classes"]),
        (table, ['text = "one_hot"', 'drop = ["when"]', "drop_constant = true", "city=Bern"]),
        (series, ['use = "arrays"', "vector 40", "standardize = true"]),
    ],
)
def test_usual_data_gives_a_registry_that_check_accepts_with_its_data(
    tmp_path: Path, make, words: list[str]
) -> None:
    path = make(tmp_path)
    written = vaereg_here("init", "--data", path, cwd=tmp_path)
    assert written.returncode == 0, written.stderr
    text = (tmp_path / "registry.toml").read_text()
    for each in words:
        assert each in text, text
    checked = vaereg_here("check", "--data", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr + text


def test_what_only_the_user_knows_is_left_to_decide_and_check_refuses_until_then(
    tmp_path: Path,
) -> None:
    np.save(tmp_path / "x.npy", RNG.normal(size=(60, 40, 3)))
    written = vaereg_here("init", "--data", "x.npy", cwd=tmp_path)
    assert written.returncode == 0 and "form must be decided" in written.stderr
    path = tmp_path / "registry.toml"
    assert '# With form = "sequence":\n# Seen: sequence 40 x 3; 48 training' in path.read_text()
    assert '# to decide:\n# form = "sequence"\n# form = "image"\n' in path.read_text()

    refused = vaereg_here("check", cwd=tmp_path)
    assert refused.returncode == 2 and "`form` of [data.mine] must be decided" in refused.stderr
    path.write_text(path.read_text().replace('# form = "sequence"', 'form = "sequence"'))
    assert vaereg_here("check", "--data", cwd=tmp_path).returncode == 0


def test_everything_else_is_chosen_although_something_is_left_to_decide(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", signals=100 + RNG.normal(size=(300, 40, 3)), kind=np.arange(300))
    written = vaereg_here("init", "--data", "x.npz", cwd=tmp_path)
    assert written.returncode == 0
    path = tmp_path / "registry.toml"
    text = path.read_text()
    assert '# With x = "signals", form = "sequence":\n# Seen: sequence 40 x 3; ' in text
    assert "\nstandardize = true\n" in text and "\ntest = 0.34\n" in text

    refused = vaereg_here("check", cwd=tmp_path).stderr
    assert "`x` of [data.mine] must" in refused and "`form` of [data.mine] must" in refused
    for each in ('x = "signals"', 'form = "sequence"'):
        text = text.replace(f"\n# {each}\n", f"\n{each}\n")
    path.write_text(text)
    assert vaereg_here("check", "--data", cwd=tmp_path).returncode == 0


def test_a_column_of_many_texts_is_told_with_the_key_for_groups(tmp_path: Path) -> None:
    rows = [f"P{each // 6},{RNG.normal():.3f}" for each in range(300)]
    (tmp_path / "t.csv").write_text("\n".join(["patient,a", *rows]))
    assert vaereg_here("init", "--data", "t.csv", cwd=tmp_path).returncode == 0
    path = tmp_path / "registry.toml"
    text = path.read_text()
    assert "# column 'patient' has 50 different texts; if they name groups" in text
    path.write_text(text.replace('text = "one_hot"', 'text = "one_hot"\ngroups = "patient"'))
    assert vaereg_here("check", "--data", cwd=tmp_path).returncode == 0


def test_grey_images_have_one_channel(tmp_path: Path) -> None:
    class_folders(tmp_path)
    for path in (tmp_path / "pets").rglob("*.png"):
        with Image.open(path) as image:
            grey = image.convert("L")
        grey.save(path)
    assert vaereg_here("init", "--data", "pets", cwd=tmp_path).returncode == 0
    text = (tmp_path / "registry.toml").read_text()
    assert "# all images are grey\nchannels = 1\n" in text and " x 1; " in text


def test_a_path_outside_the_project_is_written_without_dots(tmp_path: Path) -> None:
    npz(tmp_path)
    (tmp_path / "project").mkdir()
    done = vaereg_here("init", "--data", "../x.npz", cwd=tmp_path / "project")
    assert done.returncode == 0
    assert f'path = "{tmp_path / "x.npz"}"' in (tmp_path / "project/registry.toml").read_text()


def test_the_range_of_almost_black_images_is_left_to_decide(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", images=blobs(60, 0).astype(np.uint16) * 16)
    assert vaereg_here("init", "--data", "x.npz", cwd=tmp_path).returncode == 0
    text = (tmp_path / "registry.toml").read_text()
    assert "# value_range = [0, 4095]\n# value_range = [0, 65535]\n" in text
    assert vaereg_here("check", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(("count", "tested"), [(600, 102), (1200, 120), (60, 6)])
def test_the_test_split_is_large_enough_to_evaluate_where_that_is_possible(
    tmp_path: Path, count: int, tested: int
) -> None:
    np.savez(tmp_path / "x.npz", images=blobs(count, 0))
    written = vaereg_here("init", "--data", "x.npz", cwd=tmp_path)
    assert written.returncode == 0, written.stderr
    text = (tmp_path / "registry.toml").read_text()
    assert f", {tested} test; " in text, text
    assert ("test = 0.17" in text) == (count == 600)


def test_a_test_split_of_the_file_is_left_as_it_is(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x_train=blobs(600, 0), x_test=blobs(30, 1))
    assert vaereg_here("init", "--data", "x.npz", cwd=tmp_path).returncode == 0
    assert "\ntest = " not in (tmp_path / "registry.toml").read_text()


def test_what_only_the_user_knows_is_asked_for_on_a_terminal(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", RNG.normal(size=(60, 40, 3)))
    leader, follower = pty.openpty()
    with subprocess.Popen(
        command("init", "--data", "x.npy"),
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[4])},
        stdin=follower,
        stdout=subprocess.DEVNULL,
        stderr=follower,
    ) as child:
        os.close(follower)
        said = b""
        while b"empty to decide later) " not in said:
            said += os.read(leader, 1000)
        os.write(leader, b"sequence\n")
        assert child.wait(120) == 0
    os.close(leader)
    assert b"form = (sequence or image; empty to decide later)" in said
    text = (tmp_path / "registry.toml").read_text()
    assert '# as you said\nform = "sequence"' in text and "# to decide" not in text


def test_epochs_are_chosen_for_the_minutes_given(tmp_path: Path) -> None:
    npz(tmp_path)
    written = vaereg_here("init", "--data", "x.npz", "--minutes", "0.5", cwd=tmp_path)
    assert written.returncode == 0, written.stderr
    assert "# about 0.5 min: a step took " in (tmp_path / "registry.toml").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--data", "nothing"), "nothing does not exist"),
        (("--data", "x.pdf"), "no dataset reads .pdf"),
        (("--minutes", "3"), "needs --data"),
        (("--data", "x.npz", "--minutes", "0"), "a number above 0"),
        (("--data", "x.npz", "--minutes", "inf"), "a number above 0 and up to 1,000,000"),
        (("--data", "x.npz", "--minutes", "1e308"), "a number above 0 and up to 1,000,000"),
    ],
)
def test_what_cannot_be_looked_at_is_told_and_nothing_is_written(
    tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    npz(tmp_path)
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    done = vaereg_here("init", *words, cwd=tmp_path)
    assert done.returncode in (1, 2) and message in done.stderr
    assert not (tmp_path / "registry.toml").exists()

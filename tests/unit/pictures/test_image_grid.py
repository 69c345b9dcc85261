from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vaereg
from vaereg.pictures.image_grid import reconstruction_grid, write_grid


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


def test_images_are_placed_row_by_row_with_a_gap_of_two(tmp_path: Path) -> None:
    images = np.linspace(0, 1, 5)[:, None, None, None] * np.ones((5, 28, 28, 1))
    write_grid(images, tmp_path / "new" / "grid.png", columns=3)

    sheet = pixels(tmp_path / "new" / "grid.png")
    assert sheet.shape == (2 + 2 * 58, 2 + 3 * 58, 3)
    greys = [sheet[2 + 58 * (i // 3) + 28, 2 + 58 * (i % 3) + 28, 0] for i in range(6)]
    assert greys == [0, 64, 128, 191, 255, 235]
    assert (sheet[0] == 235).all()
    assert (sheet[58:60] == 235).all()
    assert list(tmp_path.rglob(".*")) == []


def test_every_pixel_becomes_a_square(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 256, (1, 7, 9, 3)) / 255
    write_grid(image, tmp_path / "grid.png", scale=4)

    cell = pixels(tmp_path / "grid.png")[2:-2, 2:-2]
    assert cell.shape == (28, 36, 3)
    assert np.array_equal(cell, np.rint(image[0] * 255).repeat(4, 0).repeat(4, 1))


@pytest.mark.parametrize("side", [8, 28, 55, 56, 100])
def test_a_picture_is_at_least_56_pixels_wide(tmp_path: Path, side: int) -> None:
    write_grid(np.zeros((1, side, side, 1)), tmp_path / "grid.png")
    assert pixels(tmp_path / "grid.png").shape[0] >= 56 + 4


def test_values_are_shown_within_the_range_and_clipped(tmp_path: Path) -> None:
    image = np.array([-3.0, -1.0, 0.0, 1.0, 9.0, np.nan]).reshape(1, 1, 6, 1)
    write_grid(image, tmp_path / "grid.png", value_range=(-1, 1), scale=1)
    assert pixels(tmp_path / "grid.png")[2, 2:-2, 0].tolist() == [0, 0, 128, 255, 255, 0]


def test_without_a_range_the_values_give_it(tmp_path: Path) -> None:
    image = np.array([5.0, 6.0, 7.0]).reshape(1, 1, 3, 1)
    write_grid(image, tmp_path / "grid.png", value_range=None, scale=1)
    assert pixels(tmp_path / "grid.png")[2, 2:-2, 0].tolist() == [0, 128, 255]


def test_originals_are_placed_above_their_reconstructions(tmp_path: Path) -> None:
    originals = np.linspace(0, 0.4, 3)[:, None, None, None] * np.ones((3, 56, 56, 1))
    reconstruction_grid(originals, originals + 0.6, tmp_path / "grid.png", columns=2)

    sheet = pixels(tmp_path / "grid.png")
    lefts, tops = (30, 88), (30, 88, 30 + 58 + 64, 88 + 58 + 64)
    found = [[int(sheet[top, left, 0]) for left in lefts] for top in tops]
    assert found == [[0, 51], [153, 204], [102, 235], [255, 235]]


def test_vectors_become_bars_from_zero(tmp_path: Path) -> None:
    write_grid(np.array([[1.0, -1.0, 0.0, 0.5]]), tmp_path / "grid.png", value_range=None)

    cell = pixels(tmp_path / "grid.png")[2:-2, 2:-2]
    blue = (cell == (40, 80, 140)).all(axis=-1)
    heights = [blue[:, 16 * at + 4].sum() for at in range(4)]
    assert heights[0] == pytest.approx(32, abs=2)
    assert heights[1] == pytest.approx(32, abs=2)
    assert heights[2] <= 1
    assert heights[3] == pytest.approx(16, abs=2)
    assert blue[:20, 4].all()
    assert not blue[:20, 20].any()


@pytest.mark.parametrize("shape", [(3, 4, 5), (0, 8, 8, 1), (5,)])
def test_examples_that_cannot_be_drawn_are_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="cannot be drawn; allowed are images"):
        write_grid(np.zeros(shape), tmp_path / "grid.png")
    with pytest.raises(ValueError, match="originals have shape"):
        reconstruction_grid(np.zeros(shape), np.zeros((2, 2)), tmp_path / "grid.png")
    assert list(tmp_path.iterdir()) == []


def test_an_old_grid_stays_when_the_new_one_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_grid(np.zeros((1, 8, 8, 1)), tmp_path / "grid.png")
    before = (tmp_path / "grid.png").read_bytes()

    def full(self: Image.Image, target: Path, **_: str) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(vaereg.RunError, match=r"cannot write .*grid\.png: No space left"):
        write_grid(np.ones((1, 8, 8, 1)), tmp_path / "grid.png")
    assert (tmp_path / "grid.png").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["grid.png"]

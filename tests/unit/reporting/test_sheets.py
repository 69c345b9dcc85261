from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from vaereg.reporting.sheets import SMALL, can_be_drawn, cells, sheet


def decoded(uri: str) -> np.ndarray:
    head, _, data = uri.partition(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"))


@pytest.mark.parametrize("channels", [1, 3])
def test_every_picture_is_in_the_sheet_to_the_bit(channels: int) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (6, 5, 7, channels), dtype=np.uint8)

    made = sheet([pictures[:4], pictures[4:]], "six")

    paper = decoded(made.uri)
    assert paper.shape == (2 * 5 + 1, 4 * 7 + 3, 4)
    for index, picture in enumerate(pictures):
        top, left = index // 4 * 6, index % 4 * 8
        cell = paper[top : top + 5, left : left + 7]
        assert np.array_equal(cell[..., :3], np.broadcast_to(picture, (5, 7, 3)))
        assert (cell[..., 3] == 255).all()


def test_between_pictures_the_page_shows_through() -> None:
    made = sheet([np.zeros((2, 4, 4, 1), np.uint8)] * 2, "four")

    paper = decoded(made.uri)
    assert (paper[4, :, 3] == 0).all()
    assert (paper[:, 4, 3] == 0).all()


def test_a_sheet_is_shown_at_multiples_of_half_a_pixel() -> None:
    for side in (8, 14, 28, 32):
        made = sheet([np.zeros((8, side, side, 1), np.uint8)], "eight")
        for shown in (made.wide, made.narrow):
            assert (2 * shown) % made.width in (0, 1, made.width - 1)
        assert made.narrow <= 350
        assert made.pixelated


def test_large_images_are_shrunk_where_many_are_shown() -> None:
    images = np.full((2, 256, 128, 3), 77, np.uint8)

    small, whole = cells(images), cells(images, shrink=False)

    assert small.shape == (2, SMALL, SMALL // 2, 3)
    assert (small == 77).all()
    assert whole.shape == images.shape
    assert not sheet([whole], "two").pixelated


def test_vectors_become_bars_of_one_range() -> None:
    vectors = np.array([[1.0, -1.0], [0.5, 0.0]], np.float32)

    pictures = cells(vectors, (-1.0, 1.0))

    assert pictures.dtype == np.uint8
    inked = (pictures != 255).any(axis=-1).sum(axis=(1, 2))
    assert inked[0] > inked[1]


def test_what_cannot_be_drawn_is_recognized() -> None:
    assert can_be_drawn(np.zeros((2, 4, 4, 1), np.uint8))
    assert can_be_drawn(np.zeros((2, 9), np.float32))
    assert can_be_drawn(np.zeros((2, 9, 3), np.float32))
    assert not can_be_drawn(np.zeros((2, 4, 4, 2), np.uint8))
    assert not can_be_drawn(np.zeros((2, 5000), np.float32))
    assert not can_be_drawn(np.zeros((0, 4, 4, 1), np.uint8))

"""Folders of images as they come: bits, orientation, links, loose files, other splits, faults."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vaereg
from tests.unit.basics.datasets.test_image_folder import fill, load, only
from vaereg.basics.datasets.files import decode_image as decoding


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    return tmp_path / "images"


def deep(folder: Path, top: int, count: int = 20) -> np.ndarray:
    """Grey 16-bit PNG files with values from 0 to `top`."""
    values = np.random.default_rng(0).integers(0, top + 1, (count, 6, 4)).astype(np.uint16)
    values[:, 0, 0] = top
    for number, image in enumerate(values):
        Image.fromarray(image).save(folder / f"{number:02}.png")
    return values


def tell_bits(path: Path, bits: int) -> None:
    """Adds the chunk sBIT to a PNG file."""
    raw = path.read_bytes()
    body = b"sBIT" + bytes([bits])
    path.write_bytes(
        raw[:33] + struct.pack(">I", 1) + body + struct.pack(">I", zlib.crc32(body)) + raw[33:]
    )


def notes(context: vaereg.BuildContext, **params: object) -> str:
    return "\n".join(load(context, **params).notes)


def test_16_bit_images_of_fewer_bits_are_read_by_what_the_file_tells_or_the_user(
    folder: Path, context: vaereg.BuildContext
) -> None:
    values = deep(folder, 4095)
    expected = np.rint(values * (255 / 4095)).astype(np.uint8)
    assert only(context, channels=1).max() < 20
    given = only(context, channels=1, value_range=(0.0, 4095.0))
    assert np.array_equal(given[..., 0], expected)
    assert load(context, channels=1, value_range=(0.0, 4095.0)).spec.original_range == (0, 4095)
    assert load(context, channels=1).spec.original_range == (0, 65535)
    assert "20 of 20 images have more than 8 bits a channel and are rounded" in notes(context)

    for path in folder.iterdir():
        tell_bits(path, 12)
    assert np.array_equal(only(context, channels=1)[..., 0], expected)
    assert load(context, channels=1).spec.original_range == (0, 4095)
    with pytest.raises(vaereg.DataError, match=r"to 4095 are not within 0 to 255; set value_range"):
        load(context, value_range=(0.0, 255.0))


def test_16_bit_images_that_were_scaled_up_keep_their_range_whatever_their_significant_bits(
    folder: Path, context: vaereg.BuildContext
) -> None:
    values = deep(folder, 65535)
    for path in folder.iterdir():
        tell_bits(path, 12)
    assert np.array_equal(only(context, channels=1)[..., 0], np.rint(values / 257).astype(np.uint8))


def test_images_whose_bytes_fill_less_than_8_bits_are_scaled_on_request(
    folder: Path, context: vaereg.BuildContext
) -> None:
    values = np.random.default_rng(0).integers(0, 17, (12, 6, 4, 3), np.uint8)
    for number, image in enumerate(values):
        Image.fromarray(image).save(folder / f"{number:02}.png")
    expected = np.rint(values * (255 / 16)).astype(np.uint8)
    assert np.array_equal(only(context, value_range=(0.0, 16.0)), expected)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_upright_mirrored_ones_too(
    folder: Path, context: vaereg.BuildContext, orientation: int
) -> None:
    upright = np.arange(24, dtype=np.uint8).reshape(6, 4) * 10
    undo = {
        1: lambda x: x,
        2: np.fliplr,
        3: lambda x: np.rot90(x, 2),
        4: np.flipud,
        5: np.transpose,
        6: np.rot90,
        7: lambda x: np.rot90(x, 2).T,
        8: lambda x: np.rot90(x, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(undo[orientation](upright))).save(
        folder / "a.png", exif=exif
    )
    assert np.array_equal(only(context, channels=1)[0, ..., 0], upright)


def test_what_is_read_otherwise_than_it_stands_is_told_with_count_and_example(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder, 12)
    Image.new("RGBA", (4, 6), (9, 9, 9, 99)).save(folder / "clear.png")
    Image.new("CMYK", (4, 6)).save(folder / "ink.tif")
    frames = [Image.new("L", (4, 6), grey) for grey in (9, 0)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    told = notes(context)
    for words in (
        "1 of 15 images have transparent pixels, which show the background (background = white)",
        "1 of 15 images are in CMYK",
        "1 of 15 images are animated, and only their first frame is used, such as moving.gif",
    ):
        assert words in told
    assert notes(context, cache="disk") == notes(context, cache="disk") == told


def test_grey_images_that_are_trained_in_colour_are_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    for number in range(12):
        Image.new("L", (4, 6), number).save(folder / f"{number}.png")
    assert "set channels = 1" in notes(context)
    assert notes(context, channels=1) == ""


def test_hidden_files_and_files_that_are_no_images_are_left_out(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder / "cat", 6)
    fill(folder / "dog", 6)
    (folder / "__MACOSX").mkdir()
    for name in ("cat/._00.png", "cat/Thumbs.db", ".DS_Store", "__MACOSX/00.png", "labels.csv"):
        (folder / name).write_bytes(b"not an image")
    assert load(context).spec.classes == 2 and "left out" not in notes(context)
    (folder / "cat" / "phone.heic").write_bytes(b"not an image")
    assert "1 file was left out (.heic is not read), such as cat/phone.heic" in notes(context)


def test_loose_files_beside_class_folders_are_left_out_and_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder / "cat", 12)
    fill(folder / "dog", 12)
    Image.new("RGB", (4, 6)).save(folder / "preview.png")
    data = load(context)
    assert data.spec.class_names == ("cat", "dog")
    assert (
        "1 file was left out (beside the folders of the classes), such as preview.png"
        in "".join(data.notes)
    )


def test_images_around_a_single_folder_are_all_used_and_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder, 12)
    fill(folder / "more", 12, (6, 4))
    data = load(context, validation=0, test=0)
    assert data.spec.classes is None and len(data.train) == 24
    assert "there are no classes, and all images are used" in "".join(data.notes)


@pytest.mark.parametrize("names", [("Train", "Test"), ("training", "testing"), ("TRAIN", "val")])
def test_splits_are_known_in_any_case_and_by_their_other_names(
    folder: Path, context: vaereg.BuildContext, names: tuple[str, str]
) -> None:
    for part, count in zip(names, (12, 6), strict=True):
        for kind in ("cat", "dog"):
            fill(folder / part / kind, count)
    data = load(context, validation=0.1, test=0.1)
    assert data.spec.class_names == ("cat", "dog")
    held = data.validation if names[1] == "val" else data.test
    assert held is not None and len(held) == 12


def test_what_lies_beside_the_splits_is_left_out_and_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder / "train", 12)
    fill(folder / "test", 5)
    fill(folder / "extra", 3)
    fill(folder, 1)
    data = load(context)
    assert data.test is not None and len(data.test) == 5 and data.spec.classes is None
    assert "4 files were left out (beside the splits test, train)" in "".join(data.notes)


def test_folders_named_like_splits_that_are_taken_as_classes_are_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    for name in ("plane", "train", "car"):
        fill(folder / name, 6)
    data = load(context)
    assert data.spec.class_names == ("car", "plane", "train")
    assert "the folder train was not taken as a split" in "".join(data.notes)


def test_links_that_lead_back_multiply_no_image_and_end(
    folder: Path, context: vaereg.BuildContext, tmp_path: Path
) -> None:
    fill(folder, 12)
    (folder / "again").symlink_to(".")
    (folder / "more").symlink_to(folder)
    (folder / "up").symlink_to(tmp_path)
    (folder / "99.png").symlink_to("00.png")
    fill(tmp_path / "elsewhere", 3)
    (folder / "other").symlink_to(tmp_path / "elsewhere")
    (folder / "other too").symlink_to(tmp_path / "elsewhere")
    data = load(context, validation=0, test=0)
    assert len(data.train) == 15
    told = "".join(data.notes)
    assert "5 files were left out (links to what the folder already holds), such as 99.png" in told


def test_a_pipe_among_the_images_is_left_out_and_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder, 12)
    os.mkfifo(folder / "x.png")
    assert "1 file was left out (neither a file nor a folder), such as x.png" in notes(context)


def test_a_file_that_stands_in_two_splits_is_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder / "train", 12)
    fill(folder / "test", 5)
    (folder / "test" / "copy.png").write_bytes((folder / "train" / "03.png").read_bytes())
    for cache in ("memory", "disk", "disk", "none"):
        told = notes(context, cache=cache, validation=0)
        assert "1 images are in two splits, such as" in told and "copy.png" in told


def test_every_unreadable_file_is_named_in_one_pass(
    folder: Path, context: vaereg.BuildContext
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    for number in range(12):
        Image.fromarray(noise).save(folder / f"{number}.jpg")
    good = (folder / "0.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(good[: len(good) // 2])
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "page.png").write_text("<html>")
    (folder / "script.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EOF\n")
    for params in ({}, {"size": 8}):
        with pytest.raises(vaereg.DataError, match="4 of 16 images cannot be read") as caught:
            load(context, **params)
        for name in ("cut.jpg", "empty.jpg", "page.png", "script.png: is no image in a format"):
            assert name in str(caught.value)


def test_large_images_are_decoded_one_at_a_time(
    folder: Path, context: vaereg.BuildContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder, 12)
    monkeypatch.setattr(decoding, "LARGE", 20)
    inside: list[int] = []
    real = decoding._decoded

    def counted(*given: object) -> decoding.Decoded:
        assert not inside
        inside.append(1)
        try:
            return real(*given)
        finally:
            inside.pop()

    monkeypatch.setattr(decoding, "_decoded", counted)
    assert only(context).shape == (12, 6, 4, 3)

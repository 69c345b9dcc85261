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


def deep_png(
    path: Path, values: np.ndarray, bits: tuple[int, ...] = (), orientation: int = 1
) -> None:
    """Writes 16-bit colours, (height, width, 2, 3 or 4), as a PNG file, which Pillow cannot."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    height, width, channels = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(
            b"IHDR",
            struct.pack(">IIBBBBB", width, height, 16, {2: 4, 3: 2, 4: 6}[channels], 0, 0, 0),
        )
        + (chunk(b"sBIT", bytes(bits)) if bits else b"")
        + chunk(b"eXIf", exif.tobytes()[6:])
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("bits", [10, 12, 16])
def test_colours_of_16_bits_are_read_with_all_their_bits(
    folder: Path, context: vaereg.BuildContext, bits: int
) -> None:
    values = np.random.default_rng(0).integers(0, 2**bits, (12, 6, 4, 3)).astype(np.uint16)
    values[:, 0, 0] = top = 2**bits - 1
    for number, image in enumerate(values):
        deep_png(folder / f"{number:02}.png", image, bits=(bits,) * 3)
    expected = np.rint(values * (255 / top)).astype(np.uint8)
    assert np.array_equal(only(context), expected)
    data = load(context)
    assert data.spec.original_range == (0, top)
    assert "12 of 12 images have more than 8 bits a channel" in "".join(data.notes)
    for number, image in enumerate(values):
        deep_png(folder / f"{number:02}.png", image)
    assert np.array_equal(only(context, value_range=(0.0, float(top))), expected)
    dark = "nothing above a tenth of their range, such as 00.png"
    assert (dark in notes(context)) == (bits < 16)


def test_transparent_colours_of_16_bits_show_the_background(
    folder: Path, context: vaereg.BuildContext
) -> None:
    values = np.full((6, 4, 4), 65535, np.uint16)
    values[:3] = 0
    deep_png(folder / "a.png", values)
    deep_png(folder / "b.png", values[..., [0, 3]])
    images = only(context)
    assert (images == 255).all()
    assert (only(context, background="black")[:, :3] == 0).all()
    assert "2 of 2 images have transparent pixels" in "".join(
        load(context, validation=0, test=0).notes
    )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("channels", [1, 3])
def test_deep_images_are_turned_upright_too(
    folder: Path, context: vaereg.BuildContext, orientation: int, channels: int
) -> None:
    stored = np.arange(24, dtype=np.uint16).reshape(6, 4) * 2700
    if channels == 3:
        deep_png(folder / "a.png", np.repeat(stored[..., None], 3, -1), orientation=orientation)
    else:
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.fromarray(stored).save(folder / "a.png", exif=exif)
    found = only(context, channels=1)[0, ..., 0]
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.rint(stored / 257).astype(np.uint8)).save(folder / "a.png", exif=exif)
    assert np.array_equal(only(context, channels=1)[0, ..., 0], found)


def test_deep_images_of_unlike_ranges_are_told(folder: Path, context: vaereg.BuildContext) -> None:
    deep(folder, 4095)
    for path in folder.iterdir():
        tell_bits(path, 12)
    Image.fromarray(np.full((6, 4), 60000, np.uint16)).save(folder / "00.png")
    told = notes(context)
    assert (
        "stored in different ranges: 1 from 0 to 65535, such as 00.png; 19 from 0 to 4095" in told
    )


def test_floats_slightly_outside_their_range_are_clipped_and_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    values = np.random.default_rng(0).random((6, 4)).astype(np.float32)
    values[0, 0], values[0, 1] = 1.0005, 0
    for number in range(12):
        Image.fromarray(values).save(folder / f"{number:02}.tif")
    assert only(context, channels=1).max() == 255
    assert "12 of 12 images have values slightly outside their range" in notes(context)
    values[0, 0] = np.nan
    Image.fromarray(values).save(folder / "00.tif")
    with pytest.raises(vaereg.DataError, match="1 of 24 values are NaN or infinite"):
        load(context)


def test_pages_profiles_and_opaque_alpha_are_told_as_what_they_are(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder, 12)
    pages = [Image.new("RGB", (4, 6), (grey, 0, 0)) for grey in (9, 0)]
    pages[0].save(folder / "pages.tif", save_all=True, append_images=pages[1:])
    pages[0].save(folder / "wide.png", icc_profile=b"Display P3" * 20)
    pages[1].save(folder / "usual.png", icc_profile=b"... sRGB IEC61966-2.1" * 20)
    Image.new("RGBA", (4, 6), (9, 9, 9, 255)).save(folder / "opaque.png")
    told = notes(context)
    assert (
        "1 of 16 images have several pages, and only the first is used, such as pages.tif" in told
    )
    assert "1 of 16 images have a colour profile other than sRGB" in told and "wide.png" in told
    assert "transparent" not in told


def test_images_that_are_enlarged_or_lose_much_of_their_area_are_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder, 12, (32, 32))
    Image.new("RGB", (4, 6)).save(folder / "small.png")
    Image.new("RGB", (90, 30)).save(folder / "wide.png")
    told = notes(context, size=16)
    assert "1 of 14 images are smaller than size = 16 and are enlarged" in told
    assert "2 of 14 images lose more than a quarter of their area to fit = crop" in told
    assert "quarter" not in notes(context, size=16, fit="stretch")


@pytest.mark.parametrize("cache", ["memory", "disk", "none"])
def test_what_is_told_does_not_depend_on_the_cache(
    folder: Path, context: vaereg.BuildContext, cache: str
) -> None:
    fill(folder, 12)
    Image.new("RGBA", (4, 6), (9, 9, 9, 99)).save(folder / "clear.png")
    assert "1 of 13 images have transparent pixels" in notes(context, cache=cache)
    (folder / "cut.png").write_bytes((folder / "clear.png").read_bytes()[:-30])
    with pytest.raises(vaereg.DataError, match=r"1 of 14 images cannot be read(?s:.*)cut\.png"):
        load(context, cache=cache, size=(6, 4))


def test_equal_images_in_two_formats_are_equal(folder: Path, context: vaereg.BuildContext) -> None:
    fill(folder / "train", 12)
    fill(folder / "test", 5)
    Image.open(folder / "train" / "03.png").save(folder / "test" / "copy.bmp")
    assert "1 images are in two splits, such as test/copy.bmp (test)" in notes(context)


@pytest.mark.parametrize(
    "names",
    [("training_set", "test_set"), ("train_images", "val-images"), ("train2017", "val2017")],
)
def test_folders_that_are_named_for_splits_and_more_are_splits(
    folder: Path, context: vaereg.BuildContext, names: tuple[str, str]
) -> None:
    for part, count in zip(names, (12, 6), strict=True):
        for kind in ("cat", "dog"):
            fill(folder / part / kind, count)
    data = load(context)
    assert data.spec.class_names == ("cat", "dog")
    held = data.test if "test" in names[1] else data.validation
    assert held is not None and len(held) == 12


def test_a_folder_that_alone_holds_all_is_passed_through_and_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    for part, count in (("train", 12), ("test", 6)):
        for kind in ("cat", "dog"):
            fill(folder / "data" / part / kind, count)
    data = load(context)
    assert data.spec.class_names == ("cat", "dog") and data.test is not None
    assert len(data.test) == 12
    assert "all images are in data, whose folders are taken as those of images" in "".join(
        data.notes
    )
    assert data.names is not None and data.names("test", np.arange(1))[0].startswith("data/test/")


def test_splits_that_are_not_taken_as_such_are_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    for kind in ("cat", "dog"):
        for part in ("train", "test"):
            fill(folder / kind / part, 6)
    assert "24 images are in folders named like splits inside those of classes" in notes(context)


def test_a_test_split_without_classes_is_left_out_and_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    for kind in ("cat", "dog"):
        fill(folder / "train" / kind, 12)
    fill(folder / "test", 5)
    told = notes(context)
    assert "5 files were left out" in told and "the split test has images without a class" in told


def test_links_that_loop_or_lead_nowhere_are_left_out_and_told(
    folder: Path, context: vaereg.BuildContext, tmp_path: Path
) -> None:
    fill(folder, 12)
    (folder / "self.png").symlink_to("self.png")
    (folder / "gone").symlink_to("nowhere")
    fill(tmp_path / "out" / "inner", 3)
    (folder / "a").symlink_to(tmp_path / "out" / "inner")
    (folder / "b").symlink_to(tmp_path / "out")
    data = load(context, validation=0, test=0)
    assert len(data.train) == 15
    told = "".join(data.notes)
    assert "2 files were left out (links that lead nowhere), such as gone" in told
    assert "1 file was left out (links to what the folder already holds), such as b/inner" in told


def test_images_without_a_suffix_and_of_other_formats_are_told(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder, 12)
    (folder / "photo").write_bytes((folder / "00.png").read_bytes())
    (folder / "README").write_text("no image")
    told = notes(context)
    assert "1 file was left out (images whose names have no suffix), such as photo" in told
    for path in folder.iterdir():
        path.unlink()
    (folder / "a.heic").write_bytes(b"")
    with pytest.raises(vaereg.DataError, match=r"contains no images.*\.heic is not read"):
        load(context)


def test_a_folder_that_cannot_be_read_is_named(
    folder: Path, context: vaereg.BuildContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder, 12)

    def refused(path: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(vaereg.DataError, match=r"images: cannot be read: .*Permission denied"):
        load(context)

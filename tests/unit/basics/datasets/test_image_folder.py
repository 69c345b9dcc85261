from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vaereg
from vaereg.basics.datasets import image_folder as module
from vaereg.basics.datasets.declared import ImageFolderParams
from vaereg.basics.datasets.files import image_store
from vaereg.basics.datasets.files.array_file import ArrayFile
from vaereg.basics.datasets.image_folder import ImageFolder
from vaereg.basics.datasets.splits.deal import Dealing


def load(context: vaereg.BuildContext, **params: object) -> vaereg.Data:
    return ImageFolder(ImageFolderParams(path="images", **params), context)()


def only(context: vaereg.BuildContext, **params: object) -> np.ndarray:
    """All images of a folder in the files' order, as 8-bit values."""
    split = load(context, validation=0, test=0, **params).train
    taken = split.take(np.argsort(Dealing(seed=0, validation=0, test=0).order(len(split))))
    return np.rint(taken * 255).astype(np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    return tmp_path / "images"


def fill(folder: Path, count: int, size: tuple[int, int] = (6, 4)) -> np.ndarray:
    """Random colour images in PNG files: 00.png, 01.png, …; `size` is (height, width)."""
    folder.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(len(str(folder))).integers(0, 256, (count, *size, 3), np.uint8)
    for number, image in enumerate(values):
        Image.fromarray(image).save(folder / f"{number:02}.png")
    return values


def test_images_of_one_size_are_read_to_the_bit(folder: Path, context: vaereg.BuildContext) -> None:
    values = fill(folder, 12)
    data = load(context, validation=0.25, test=0.25)

    assert (data.spec.shape, data.spec.levels, data.spec.classes) == ((6, 4, 3), 256, None)
    assert data.validation is not None
    assert data.test is not None
    parts = [
        split.take(np.arange(len(split))) for split in (data.train, data.validation, data.test)
    ]
    assert [len(part) for part in parts] == [6, 3, 3]
    assert parts[0].dtype == np.float32
    back = np.rint(np.concatenate(parts) * 255).astype(np.uint8)
    assert sorted(i.tobytes() for i in back) == sorted(i.tobytes() for i in values)


@pytest.mark.parametrize("cache", ["memory", "disk", "none"])
def test_every_cache_gives_the_same_data(
    folder: Path, context: vaereg.BuildContext, cache: str
) -> None:
    fill(folder / "a", 5, (9, 7))
    fill(folder / "b", 5, (5, 8))
    usual, data = load(context, size=4), load(context, size=4, cache=cache)

    wanted = np.array([3, 0, 3])
    assert np.array_equal(usual.train.take(wanted), data.train.take(wanted))
    assert np.array_equal(usual.train.labels(wanted), data.train.labels(wanted))
    assert usual.digest == data.digest


def test_what_exceeds_memory_is_decoded_to_disk_once(
    folder: Path, context: vaereg.BuildContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder, 5)
    monkeypatch.setattr(module, "IN_MEMORY", 100)
    first = load(context)
    assert isinstance(first.train.values, ArrayFile)
    assert len(list(context.cache.iterdir())) == 2

    def again(*_: object) -> None:
        raise AssertionError("decoded a second time")

    monkeypatch.setattr(image_store, "decode_image", again)
    assert load(context).digest == first.digest
    fill(folder / "more", 1)
    with pytest.raises(AssertionError, match="second time"):
        load(context)


def test_nothing_unfinished_stays_in_the_cache(folder: Path, context: vaereg.BuildContext) -> None:
    fill(folder, 5)
    (folder / "03.png").write_bytes((folder / "03.png").read_bytes()[:60])
    with pytest.raises(vaereg.DataError, match=r"03\.png"):
        load(context, cache="disk", size=4)
    assert list(context.cache.iterdir()) == []


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 1
    path.write_bytes(content)


def in_its_place(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


def darker(path: Path) -> None:
    np.save(path, np.load(path) // 2)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "torn": lambda path: path.write_bytes(b"\x93NUMPY"),
    "an object": lambda path: path.write_text("{}"),
    "deep": lambda path: path.write_text("[" * 100_000),
    "cut": cut,
    "its first bit": lambda path: flip(path, 0),
    "a bit in the middle": lambda path: flip(path, path.stat().st_size // 2),
    "its last bit": lambda path: flip(path, -2),
    "a folder": lambda path: in_its_place(path, Path.mkdir),
    "a pipe": lambda path: in_its_place(path, os.mkfifo),
    "a link to itself": lambda path: in_its_place(path, lambda p: p.symlink_to(p.name)),
    "missing": Path.unlink,
}


@pytest.mark.parametrize("suffix", [".npy", ".json"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_of_decoded_images_is_told_in_one_line_and_made_anew(
    folder: Path, context: vaereg.BuildContext, damage: str, suffix: str
) -> None:
    fill(folder, 5)
    first = load(context, cache="disk")
    wanted = np.arange(len(first.train))
    before = first.train.take(wanted)
    (file,) = context.cache.glob(f"*{suffix}")
    DAMAGE[damage](file)

    again = load(context, cache="disk")

    assert np.array_equal(again.train.take(wanted), before)
    assert (again.digest, again.spec) == (first.digest, first.spec)
    (note,) = {*again.notes} - {*first.notes}
    assert file.stem in note and "\n" not in note
    last = load(context, cache="disk")
    assert (last.digest, last.notes == first.notes) == (first.digest, damage != "a folder")


def test_decoded_images_that_were_replaced_by_others_are_made_anew(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder, 5)
    first = load(context, cache="disk")
    wanted = np.arange(len(first.train))
    before = first.train.take(wanted)
    (file,) = context.cache.glob("*.npy")
    darker(file)
    assert np.array_equal(load(context, cache="disk").train.take(wanted), before)

    (facts,) = context.cache.glob("*.json")
    facts.write_text(facts.read_text().replace(json.loads(facts.read_text())["content"], "0" * 64))
    assert load(context, cache="disk").digest == first.digest


def test_an_unwritable_cache_is_reported(folder: Path, context: vaereg.BuildContext) -> None:
    fill(folder, 5)
    context.cache.write_text("a file is in the way")
    with pytest.raises(vaereg.DataError, match=r'cannot store the decoded images.*cache = "none"'):
        load(context, cache="disk")


def test_subfolders_are_classes(folder: Path, context: vaereg.BuildContext) -> None:
    reds, blues = fill(folder / "red", 4), fill(folder / "blue" / "deep", 6)
    data = load(context, validation=0, test=0)

    assert (data.spec.classes, data.spec.class_names) == (2, ("blue", "red"))
    labels = data.train.labels(np.arange(10))
    assert labels is not None
    for code, values in ((0, blues), (1, reds)):
        found = np.rint(data.train.take(np.flatnonzero(labels == code)) * 255).astype(np.uint8)
        assert sorted(i.tobytes() for i in found) == sorted(i.tobytes() for i in values)


def test_subfolders_named_train_and_test_are_splits(
    folder: Path, context: vaereg.BuildContext
) -> None:
    for part, count in (("train", 5), ("test", 3)):
        for label in ("cat", "dog"):
            fill(folder / part / label, count)
    data = load(context, validation=0.2)

    assert data.spec.class_names == ("cat", "dog")
    assert (len(data.train), len(data.validation or ()), len(data.test or ())) == (8, 2, 6)
    assert data.test is not None
    assert data.test.labels(np.arange(6)).tolist() == [0, 0, 0, 1, 1, 1]


def test_splits_follow_split_seed_and_not_the_seed_of_the_run(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder, 12)
    other_run = vaereg.BuildContext(name="data", seed=5, folder=context.folder)
    first, same, other = load(context), load(other_run), load(context, split_seed=1)

    everyone = np.arange(10)
    assert np.array_equal(first.train.take(everyone), same.train.take(everyone))
    assert not np.array_equal(first.train.take(everyone), other.train.take(everyone))
    assert first.digest == same.digest != other.digest


def test_shrinking_does_not_alias(folder: Path, context: vaereg.BuildContext) -> None:
    stripes = np.zeros((64, 64), np.uint8)
    stripes[:, ::2] = 255  # picking every eighth column would give plain black or white
    Image.fromarray(stripes).save(folder / "a.png")
    assert np.abs(only(context, size=8, channels=1).astype(int) - 127)[:, :, 1:-1].max() <= 4


def test_crop_keeps_the_centre_and_stretch_keeps_everything(
    folder: Path, context: vaereg.BuildContext
) -> None:
    wide = np.zeros((8, 24), np.uint8)
    wide[:, 8:16] = 255
    Image.fromarray(wide).save(folder / "a.png")

    assert only(context, size=8, channels=1, fit="crop")[0, :, 2:6].min() >= 250
    stretched = only(context, size=(8, 6), channels=1, fit="stretch")[0, :, :, 0]
    assert stretched.shape == (8, 6)
    assert stretched[:, 0].max() <= 10
    assert stretched[:, 5].max() <= 10
    assert stretched[:, 2:4].min() > 200


def test_every_sort_of_image_becomes_8_bit(folder: Path, context: vaereg.BuildContext) -> None:
    half, size = 128, (4, 4)
    Image.fromarray(np.full(size, half * 257, np.uint16)).save(folder / "a-16-bit.png")
    Image.fromarray(np.full(size, half / 255, np.float32)).save(folder / "b-float.tif")
    Image.new("LA", size, (half, 255)).save(folder / "c-grey-alpha.png")
    palette = Image.new("P", size, 1)
    palette.putpalette([0, 0, 0, half, half, half])
    palette.save(folder / "d-palette.png")
    Image.new("CMYK", size, (0, 0, 0, 255 - half)).save(folder / "e-cmyk.tif")
    frames = [Image.new("L", size, grey) for grey in (half, 0)]
    frames[0].save(folder / "f-animated.gif", save_all=True, append_images=frames[1:])
    Image.new("I", size, half * 257).save(folder / "g-deep.tif")

    assert np.abs(only(context).astype(int) - half).max() <= 1
    assert np.abs(only(context, channels=1).astype(int) - half).max() <= 1


def test_transparent_pixels_show_the_background(folder: Path, context: vaereg.BuildContext) -> None:
    Image.new("RGBA", (4, 4), (10, 20, 30, 0)).save(folder / "a.png")
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([0, 0, 0, 9, 9, 9])
    palette.save(folder / "b.png", transparency=1)

    assert only(context).min() == 255
    assert only(context, background="black").max() == 0


def test_images_are_turned_upright(folder: Path, context: vaereg.BuildContext) -> None:
    lying = np.zeros((4, 8), np.uint8)
    lying[:, :4] = 200
    turned = Image.Exif()
    turned[0x0112] = 6  # to be shown after a quarter turn clockwise
    Image.fromarray(lying).save(folder / "a.png", exif=turned)

    upright = only(context, channels=1)[0, :, :, 0]
    assert upright.shape == (8, 4)
    assert (upright[:4].min(), upright[4:].max()) == (200, 0)


@pytest.mark.parametrize("params", [{"size": 4}, {"size": 0}, {"size": 4, "cache": "none"}])
def test_images_that_are_none_are_all_named(
    folder: Path, context: vaereg.BuildContext, params: dict[str, object]
) -> None:
    fill(folder, 12)
    for number in range(10):
        (folder / f"{number:02}.png").write_text("not an image")
    with pytest.raises(vaereg.DataError) as caught:
        load(context, **params)
    message = str(caught.value)
    assert "10 of 12 images cannot be read" in message
    assert all(f"{number:02}.png" in message for number in range(10))
    assert "10.png" not in message


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "gif", "tif"])
def test_an_image_that_is_cut_short_is_named(
    folder: Path, context: vaereg.BuildContext, suffix: str
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    for name in "ab":
        Image.fromarray(noise).save(folder / f"{name}.{suffix}")
    content = (folder / f"b.{suffix}").read_bytes()
    (folder / f"b.{suffix}").write_bytes(content[: len(content) // 2])
    with pytest.raises(vaereg.DataError, match=rf"1 of 2 images cannot be read(?s:.*)b\.{suffix}"):
        load(context, validation=0, test=0.1)


def test_mixed_sizes_are_named_when_the_images_own_size_is_requested(
    folder: Path, context: vaereg.BuildContext
) -> None:
    fill(folder, 4)
    Image.new("RGB", (9, 3)).save(folder / "odd.png")
    with pytest.raises(vaereg.DataError) as caught:
        load(context)
    assert "4 images are 6 x 4 (height x width), 1 are not" in str(caught.value)
    assert "odd.png: 3 x 9" in str(caught.value)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "contains no images; looked for files ending in .bmp"),
        ({"size": (4, 5, 6)}, r"size = \[4, 5, 6\]; allowed are"),
        ({"size": (4, 0)}, r"size = \[4, 0\]; allowed are"),
    ],
)
def test_files_that_cannot_be_read_are_reported(
    folder: Path, context: vaereg.BuildContext, params: dict[str, object], message: str
) -> None:
    (folder / "notes.txt").write_text("no image")
    with pytest.raises(vaereg.DataError, match=message):
        load(context, **params)


def test_a_missing_folder_and_a_file_instead_of_one_are_reported(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    with pytest.raises(vaereg.DataError, match=r"images does not exist"):
        load(context)
    (tmp_path / "images").write_text("")
    with pytest.raises(vaereg.DataError, match="is a file"):
        load(context)


def test_a_single_image_cannot_be_split(folder: Path, context: vaereg.BuildContext) -> None:
    fill(folder, 1)
    with pytest.raises(vaereg.DataError, match=r"1 example with .* leave none for training"):
        load(context)

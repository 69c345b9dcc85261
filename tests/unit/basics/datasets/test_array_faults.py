"""Arrays as they come: other names, other axes, other types, and files that are not arrays."""

from __future__ import annotations

import gzip
import os
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import attrs
import numpy as np
import pytest

import vaereg
from tests.unit.basics.datasets.test_arrays import everything, load
from vaereg.basics.datasets.files import array_scan


@pytest.mark.parametrize(
    ("examples", "labels"),
    [("images", "labels"), ("X", "y"), ("data", "target"), ("x", "label"), ("arr_0", "labels")],
)
def test_usual_names_of_arrays_need_no_keys(
    tmp_path: Path, context: vaereg.BuildContext, examples: str, labels: str
) -> None:
    values, codes = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 3
    np.savez(tmp_path / "x.npz", **{examples: values, labels: codes})
    data = load(context, path="x.npz")
    assert (data.spec.classes, data.spec.shape, data.notes) == (3, (3,), ())


def test_arrays_that_are_not_used_are_told(tmp_path: Path, context: vaereg.BuildContext) -> None:
    values = np.random.default_rng(0).normal(size=(40, 3))
    np.savez(tmp_path / "x.npz", values, np.arange(40))
    (told,) = load(context, path="x.npz").notes
    assert (
        "the examples are arr_0, without labels; not used: arr_1. For others, set x and y" in told
    )


def save_channels_first(path: Path, images: np.ndarray) -> None:
    """Saves images (n, h, w, channels) as (n, channels, h, w), in the format of the ending."""
    first = np.moveaxis(images, -1, 1)
    np.save(path, first) if path.suffix == ".npy" else np.savez(path, first)


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_channels_that_come_first_are_told_and_moved_on_request(
    tmp_path: Path, context: vaereg.BuildContext, name: str
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 6, 8, 3), dtype=np.uint8)
    save_channels_first(tmp_path / name, images)
    with pytest.raises(vaereg.DataError, match='channel_axis = "first"'):
        load(context, path=name)
    moved = load(context, path=name, channel_axis="first", validation=0, test=0)
    assert moved.spec.shape == (6, 8, 3)
    back = np.rint(everything(moved.train) * 255).astype(np.uint8)
    assert sorted(i.tobytes() for i in back) == sorted(i.tobytes() for i in images)
    assert load(context, path=name, channel_axis="last").spec.shape == (3, 6, 8)


def test_series_are_asked_for_or_taken_by_form(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    series = np.random.default_rng(0).normal(size=(40, 150, 3)).astype(np.float32)
    np.save(tmp_path / "x.npy", series)
    with pytest.raises(vaereg.DataError, match='form = "image" or form = "sequence"'):
        load(context, path="x.npy")
    data = load(context, path="x.npy", form="sequence", validation=0, test=0)
    assert (data.spec.form, data.spec.shape, data.spec.value_range) == ("sequence", (150, 3), None)
    assert np.array_equal(np.sort(everything(data.train), None), np.sort(series, None))

    np.save(tmp_path / "x.npy", series[:, :5])
    with pytest.raises(vaereg.DataError, match='If these are series, set form = "sequence"'):
        load(context, path="x.npy")
    np.save(tmp_path / "x.npy", np.abs(series[:, :5] / 100))
    (told,) = load(context, path="x.npy").notes
    assert "may be that of grey images of 5 x 3, or of series" in told
    np.save(tmp_path / "x.npy", series[..., 0])
    assert load(context, path="x.npy", form="sequence").spec.shape == (150, 1)


def test_the_type_and_order_of_bytes_make_no_difference(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    images = np.random.default_rng(0).random((40, 6, 6)).astype(np.float32)
    found = []
    for stored in (images, images.astype(">f4"), images.astype("f8"), np.asfortranarray(images)):
        np.save(tmp_path / "x.npy", stored)
        found.append(everything(load(context, path="x.npy").train))
    assert all(np.array_equal(each, found[0]) for each in found)


def test_masked_values_that_were_filled_are_told(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    for dtype in (np.float32, np.float64):
        values = np.ma.masked_greater(np.random.default_rng(0).random((40, 3), dtype), 0.9)
        np.save(tmp_path / "x.npy", values.filled())
        with pytest.raises(vaereg.DataError, match=r"are 1e\+20, which numpy writes for masked"):
            load(context, path="x.npy")


def patched(raw: bytes, local: int, central: int, value: int) -> bytes:
    """A .npz file with another number in the headers of its members."""
    changed = bytearray(raw)
    for magic, at in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        place = changed.find(magic)
        while place >= 0:
            changed[place + at : place + at + 2] = struct.pack("<H", value)
            place = changed.find(magic, place + 4)
    return bytes(changed)


def write_texts(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")


def write_huge(path: Path) -> None:
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 4), }\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(64))


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("text.npz", write_texts),
        ("shape.npy", write_huge),
        ("called.npy", lambda path: shutil.copy(path.with_name("good.npz"), path)),
        ("label.npz", lambda path: np.savez(path, x=np.ones((4, 2)), y=np.int64(3))),
        ("encrypted.npz", lambda path: path.write_bytes(
            patched(path.with_name("good.npz").read_bytes(), 6, 8, 1))),
        ("method.npz", lambda path: path.write_bytes(
            patched(path.with_name("good.npz").read_bytes(), 8, 10, 99))),
        ("empty.npz", lambda path: path.write_bytes(b"")),
        ("empty.npy", lambda path: path.write_bytes(b"")),
        ("zero.npy", lambda path: np.save(path, np.float32(1))),
        ("pipe.npz", os.mkfifo),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_seems_is_bad_data_and_not_a_bug(
    tmp_path: Path, context: vaereg.BuildContext, name: str, write: Callable[[Path], object]
) -> None:
    np.savez(tmp_path / "good.npz", x=np.ones((40, 2)))
    write(tmp_path / name)
    with pytest.raises(vaereg.DataError, match=name.replace(".", r"\.")):
        load(context, path=name)


def test_a_header_that_declares_more_than_memory_holds_is_refused_before_it_is_read(
    tmp_path: Path, context: vaereg.BuildContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(tmp_path / "x.npz", x=np.zeros((400, 20)))
    monkeypatch.setattr(os, "sysconf", lambda name: 100)
    with pytest.raises(vaereg.DataError, match="GiB of memory"):
        load(context, path="x.npz")


@pytest.mark.parametrize("new", ["shorter", "other values"])
def test_a_file_that_changes_while_it_is_trained_on_is_an_error_and_no_signal(
    tmp_path: Path, context: vaereg.BuildContext, new: str
) -> None:
    path = tmp_path / "x.npy"
    values = np.random.default_rng(0).random((400, 6)).astype(np.float32)
    np.save(path, values)
    split = load(context, path="x.npy").train
    before = split.take(np.arange(4))
    os.utime(path, ns=(1, 1)) if new == "other values" else np.save(path, values[:9])
    with pytest.raises(vaereg.DataError, match=r"x\.npy: was changed by another program"):
        split.take(np.arange(4))

    np.save(path, values)
    split = load(context, path="x.npy").train
    np.save(tmp_path / "new.npy", values[:9])
    (tmp_path / "new.npy").replace(path)
    assert np.array_equal(split.take(np.arange(4)), before)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([12345678901234567, 12345678901234568, 12345678901234569]),
        np.array([b"caf\xe9", b"caf\xe8", b"tea"]),
        np.array(["1", "01", "1.0"]),
    ],
)
def test_different_labels_are_different_classes(
    tmp_path: Path, context: vaereg.BuildContext, labels: np.ndarray
) -> None:
    np.savez(
        tmp_path / "x.npz", x=np.random.default_rng(0).random((60, 4)), y=np.resize(labels, 60)
    )
    assert load(context, path="x.npz").spec.classes == 3


def test_float_labels_that_floats_cannot_tell_apart_are_refused(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    y = np.resize([1e300, 2e300, 3e300], 60)
    np.savez(tmp_path / "x.npz", x=np.random.default_rng(0).random((60, 4)), y=y)
    with pytest.raises(vaereg.DataError, match=r"label 1e\+300 is a float beyond 2\*\*53"):
        load(context, path="x.npz")


def write_idx(path: Path, values: np.ndarray) -> None:
    header = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    path.write_bytes(header + values.astype(np.uint8).tobytes())


def test_idx_files_are_read_with_their_labels_and_their_test_set(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (50, 6, 4), np.uint8)
    for part, chosen in (("train", slice(0, 40)), ("t10k", slice(40, 50))):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", images[chosen])
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", np.arange(50)[chosen] % 5)
    whole = load(context, path=".", validation=0)
    assert whole.test is not None and (len(whole.train), len(whole.test)) == (40, 10)
    assert (whole.spec.shape, whole.spec.classes) == ((6, 4, 1), 5)
    back = np.rint(everything(whole.test)[..., 0] * 255).astype(np.uint8)
    assert np.array_equal(back, images[40:])

    pair = load(context, path="train-images-idx3-ubyte", validation=0.1, test=0.1)
    assert (pair.spec.size, pair.spec.classes) == (32, 5)
    shutil.copy(tmp_path / "train-images-idx3-ubyte", tmp_path / "mine.idx")
    assert load(context, path="mine.idx").spec.classes is None
    header = bytes([0, 0, 8, 3])
    (tmp_path / "mine.idx").write_bytes(header + struct.pack(">3I", 2**31, 2**31, 2**31))
    with pytest.raises(vaereg.DataError, match="GiB of memory"):
        load(context, path="mine.idx")
    bomb = gzip.compress(header + struct.pack(">3I", 2, 3, 4) + bytes(2**24))
    (tmp_path / "mine.idx").write_bytes(bomb)
    with pytest.raises(vaereg.DataError, match="= 24 values; it holds at least"):
        load(context, path="mine.idx")
    (tmp_path / "mine.idx").write_bytes(b"not idx")
    with pytest.raises(vaereg.DataError, match=r"mine\.idx: the magic number is"):
        load(context, path="mine.idx")


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_equal_examples_in_two_splits_are_told(
    tmp_path: Path, context: vaereg.BuildContext, name: str
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (60, 6, 6), dtype=np.uint8)
    np.savez(tmp_path / "x.npz", x_train=images, x_test=images[5:8])
    np.save(tmp_path / "x.npy", np.concatenate([images, images]))
    told = "".join(load(context, path=name).notes)
    if name == "x.npz":
        assert "3 of 3 examples of the test split are equal to some of the train split" in told
        assert "such as x.npz, x_test[0] and x.npz, x_train[5]" in told
    else:
        assert "examples of the test split are equal to some of the train split" in told
    np.savez(tmp_path / "x.npz", x_train=images[8:], x_test=images[5:8])
    assert load(context, path="x.npz").notes == ()


@pytest.mark.parametrize("axis", [2, 5, 12])
def test_channels_that_come_first_are_told_whatever_their_number(
    tmp_path: Path, context: vaereg.BuildContext, axis: int
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, axis, 16, 16), dtype=np.uint8)
    np.save(tmp_path / "x.npy", images)
    with pytest.raises(vaereg.DataError, match='channel_axis = "first"'):
        load(context, path="x.npy")
    np.save(tmp_path / "x.npy", np.moveaxis(images, 1, -1))
    assert load(context, path="x.npy").spec.shape == (16, 16, axis)


def test_examples_on_the_last_axis_are_told(tmp_path: Path, context: vaereg.BuildContext) -> None:
    images = np.random.default_rng(0).integers(0, 256, (16, 16, 3, 600), dtype=np.uint8)
    np.savez(tmp_path / "x.npz", X=images, y=np.arange(600) % 3)
    with pytest.raises(vaereg.DataError, match=r"16 examples but 600 labels.*moveaxis\(x, -1, 0\)"):
        load(context, path="x.npz")


def test_series_of_whole_numbers_that_are_taken_as_images_are_told(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    np.save(tmp_path / "x.npy", np.random.default_rng(0).integers(0, 1000, (60, 30, 8)))
    assert "or of series of 30 steps with 8 channels" in "".join(load(context, path="x.npy").notes)


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_channels_and_columns_are_left_out_on_request(
    tmp_path: Path, context: vaereg.BuildContext, name: str
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 6, 8, 4), dtype=np.uint8)
    save_channels_first(tmp_path / name, images)
    some = {"path": name, "channel_axis": "first", "validation": 0, "test": 0}
    data = load(context, keep=(3, 1), **some)
    assert data.spec.shape == (6, 8, 2)
    back = np.rint(everything(data.train) * 255).astype(np.uint8)
    expected = images[..., [2, 0]]
    assert sorted(i.tobytes() for i in back) == sorted(i.tobytes() for i in expected)
    assert data.digest != load(context, **some).digest
    for wrong in ((5,), (1, 1)):
        with pytest.raises(vaereg.DataError, match=r"keep = .* from 1 to 4"):
            load(context, keep=wrong, **some)
    np.save(tmp_path / "x.npy", images[..., 0])
    with pytest.raises(vaereg.DataError, match="keep = "):
        load(context, path="x.npy", keep=(1, 2))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (1e9 + np.random.default_rng(0).random((60, 3)), "3 of 3 columns vary by little"),
        (2**53 + np.arange(180).reshape(60, 3), "of 180 whole numbers are rounded"),
        (np.full((60, 3), 1e-41) * np.arange(1, 61)[:, None], "180 of 180 values are too small"),
    ],
)
def test_digits_that_float32_cannot_hold_are_told_unless_they_are_scaled_first(
    tmp_path: Path, context: vaereg.BuildContext, values: np.ndarray, words: str
) -> None:
    np.save(tmp_path / "x.npy", values)
    told = "".join(load(context, path="x.npy").notes)
    assert words in told
    scaled = load(context, path="x.npy", standardize=True)
    assert scaled.notes == ()
    assert len(np.unique(everything(scaled.train))) > 40


def test_masked_whole_numbers_that_were_filled_are_told(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    values = np.random.default_rng(0).integers(0, 1000, (60, 3))
    np.save(tmp_path / "x.npy", np.ma.masked_greater(values, 900).filled())
    assert "values are 999999, which numpy writes for masked" in "".join(
        load(context, path="x.npy").notes
    )


def test_a_second_array_in_a_npy_file_is_told(tmp_path: Path, context: vaereg.BuildContext) -> None:
    with (tmp_path / "x.npy").open("wb") as file:
        for _ in range(2):
            np.save(file, np.random.default_rng(0).normal(size=(40, 3)))
    assert "1088 bytes follow the first array" in "".join(load(context, path="x.npy").notes)


@pytest.mark.parametrize("name", ["x.NPZ", "x.NPY"])
def test_suffixes_are_known_in_any_case(
    tmp_path: Path, context: vaereg.BuildContext, name: str
) -> None:
    with (tmp_path / name).open("wb") as file:
        write = np.savez if name == "x.NPZ" else np.save
        write(file, np.random.default_rng(0).normal(size=(40, 3)))
    assert load(context, path=name).spec.shape == (3,)


def test_labels_beside_a_named_array_are_told(tmp_path: Path, context: vaereg.BuildContext) -> None:
    values = np.random.default_rng(0).normal(size=(40, 3))
    np.savez(tmp_path / "x.npz", mine=values, y=np.arange(40) % 2)
    (told,) = load(context, path="x.npz", x="mine").notes
    assert "the examples are mine, without labels; not used: y" in told
    np.savez(tmp_path / "x.npz", y=values)
    assert load(context, path="x.npz").spec.classes is None


def test_labels_of_two_splits_keep_their_digits_and_their_classes(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    values = np.random.default_rng(0).normal(size=(60, 3))
    big = 2**60 + np.arange(60) % 3
    splits = {"x_train": values, "x_test": values[:30] + 1}
    np.savez(tmp_path / "x.npz", **splits, y_train=big.astype(np.uint64), y_test=big[:30])
    assert load(context, path="x.npz").spec.class_names == tuple(str(2**60 + i) for i in range(3))
    words = np.array([b"caf\xe9", b"tea"])
    np.savez(
        tmp_path / "x.npz",
        **splits,
        y_train=np.resize(words, 60),
        y_test=np.resize(["tea", "milk"], 30),
    )
    assert load(context, path="x.npz").spec.class_names == ("caf\\xe9", "milk", "tea")


@pytest.mark.parametrize("value_range", [(0.0, float("inf")), (float("-inf"), 0.0)])
def test_an_infinite_range_is_refused(
    tmp_path: Path, context: vaereg.BuildContext, value_range: tuple[float, float]
) -> None:
    np.save(tmp_path / "x.npy", np.random.default_rng(0).random((40, 6, 6)))
    with pytest.raises(vaereg.DataError, match="value_range = "):
        load(context, path="x.npy", value_range=value_range)


def test_the_share_that_is_read_is_told(
    tmp_path: Path, context: vaereg.BuildContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "x.npy", np.random.default_rng(0).random((40, 6)))
    shares: list[float] = []
    load(attrs.evolve(context, share=shares.append), path="x.npy")
    assert shares == [1.0]
    monkeypatch.setattr(array_scan, "BLOCK", 6 * 8 * 10)
    shares.clear()
    load(attrs.evolve(context, share=shares.append), path="x.npy")
    assert shares == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(("dtype", "high", "top"), [(np.int8, 100, 127), (np.int16, 9000, 32767)])
def test_whole_numbers_have_no_range_beyond_their_type(
    tmp_path: Path, context: vaereg.BuildContext, dtype: type, high: int, top: int
) -> None:
    images = np.random.default_rng(0).integers(0, high, (60, 6, 6)).astype(dtype)
    np.save(tmp_path / "x.npy", images)
    data = load(context, path="x.npy")
    assert data.spec.original_range == (0.0, top) and f"to {top} (white)" in data.notes[0]


def test_what_to_do_about_an_array_that_is_not_read_is_told(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    np.ma.masked_less(np.ones((9, 3)), 0).dump(tmp_path / "masked.npy")
    (tmp_path / "floats.idx").write_bytes(struct.pack(">BBBBI", 0, 0, 0x0D, 1, 1) + bytes(4))
    values = np.random.default_rng(0).normal(size=(9, 3))
    np.savez(tmp_path / "part.npz", x_train=values, y_train=np.arange(9), x_test=values)
    said = {}
    for name in ("masked.npy", "floats.idx", "part.npz"):
        with pytest.raises(vaereg.DataError) as caught:
            load(context, path=name)
        said[name] = str(caught.value)
    assert "pickled Python objects" in said["masked.npy"] and "allow_" not in said["masked.npy"]
    assert "its values are 32-bit floats" in said["floats.idx"] and ".npy" in said["floats.idx"]
    assert "have none: test. Add them (y_test)" in said["part.npz"]


def test_the_range_that_is_suggested_holds_all_splits(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    images = np.random.default_rng(0).normal(size=(60, 6, 6, 1))
    np.savez(tmp_path / "x.npz", x_train=images, x_test=images[:9] * 1.5 - 1)
    with pytest.raises(vaereg.DataError, match="which of them are black and white") as caught:
        load(context, path="x.npz")
    (likely,) = caught.value.asks["value_range"]
    assert str(likely) in str(caught.value)
    assert load(context, path="x.npz", value_range=tuple(likely)).spec.original_range == (*likely,)

"""Arrays as they come: other names, other axes, other types, and files that are not arrays."""

from __future__ import annotations

import gzip
import os
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import vaereg
from tests.unit.basics.datasets.test_arrays import everything, load


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


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_channels_that_come_first_are_told_and_moved_on_request(
    tmp_path: Path, context: vaereg.BuildContext, name: str
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 6, 8, 3), dtype=np.uint8)
    first = np.moveaxis(images, -1, 1)
    np.save(tmp_path / "x.npy", first) if name == "x.npy" else np.savez(tmp_path / name, first)
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

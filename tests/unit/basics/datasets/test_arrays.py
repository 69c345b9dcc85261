from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import vaereg
from vaereg.basics.datasets.arrays import Arrays
from vaereg.basics.datasets.declared import ArraysParams
from vaereg.basics.datasets.files import array_scan


def load(context: vaereg.BuildContext, **params: object) -> vaereg.Data:
    return Arrays(ArraysParams(**params), context)()


def everything(split: vaereg.Split | None) -> np.ndarray:
    assert split is not None
    return split.take(np.arange(len(split)))


@pytest.fixture
def vectors(tmp_path: Path) -> np.ndarray:
    values = np.random.default_rng(2).normal(0, 3, (40, 5)).astype(np.float32)
    np.save(tmp_path / "v.npy", values)
    return values


def test_8_bit_images_are_scaled_to_0_and_1(
    tmp_path: Path, context: vaereg.BuildContext, tiny_images: np.ndarray
) -> None:
    np.save(tmp_path / "x.npy", tiny_images[..., 0])
    data = load(context, path="x.npy", validation=0, test=0)

    assert (data.spec.form, data.spec.shape, data.spec.levels) == ("image", (8, 8, 1), 256)
    assert (data.validation, data.test, data.spec.classes) == (None, None, None)
    values = everything(data.train)
    assert values.dtype == np.float32
    back = np.rint(values * 255).astype(np.uint8)
    assert sorted(i.tobytes() for i in back) == sorted(i.tobytes() for i in tiny_images)


def test_8_bit_images_are_scaled_to_the_range_that_is_given(
    tmp_path: Path, context: vaereg.BuildContext, tiny_images: np.ndarray
) -> None:
    np.save(tmp_path / "x.npy", tiny_images)
    data = load(context, path="x.npy", value_range=(-1.0, 1.0))

    assert data.spec.value_range == (-1.0, 1.0)
    assert everything(data.train).min() == pytest.approx(tiny_images.min() / 127.5 - 1, abs=0.02)
    assert -1 <= everything(data.train).min() < everything(data.train).max() <= 1


def test_the_splits_share_no_example_and_lose_none(
    context: vaereg.BuildContext, vectors: np.ndarray
) -> None:
    data = load(context, path="v.npy", validation=0.2, test=0.1)

    parts = [everything(part) for part in (data.train, data.validation, data.test)]
    assert [len(part) for part in parts] == [28, 8, 4]
    rows = [row.tobytes() for part in parts for row in part]
    assert sorted(rows) == sorted(row.tobytes() for row in vectors)


def test_splits_follow_split_seed_and_not_the_seed_of_the_run(
    context: vaereg.BuildContext, vectors: np.ndarray
) -> None:
    other_run = vaereg.BuildContext(name="data", seed=9, folder=context.folder)
    first, same = load(context, path="v.npy"), load(other_run, path="v.npy")
    other = load(context, path="v.npy", split_seed=1)

    assert np.array_equal(everything(first.train), everything(same.train))
    assert first.digest == same.digest != other.digest
    assert not np.array_equal(everything(first.test), everything(other.test))


def test_take_gives_the_examples_in_the_requested_order_with_repeats(
    context: vaereg.BuildContext, vectors: np.ndarray
) -> None:
    split = load(context, path="v.npy").train
    wanted = np.array([5, 0, 5, 3])

    assert np.array_equal(split.take(wanted), everything(split)[wanted])
    assert split.take(wanted[:0]).shape == (0, 5)


def test_a_npy_file_is_not_read_into_memory(
    context: vaereg.BuildContext, vectors: np.ndarray
) -> None:
    assert isinstance(load(context, path="v.npy").train.values, np.memmap)


def test_vectors_are_unbounded_unless_they_lie_within_0_and_1(
    tmp_path: Path, context: vaereg.BuildContext, vectors: np.ndarray
) -> None:
    np.save(tmp_path / "u.npy", np.abs(vectors) / 100)

    assert load(context, path="v.npy").spec.value_range is None
    assert load(context, path="u.npy").spec.value_range == (0.0, 1.0)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.1, 0.9, (0, 1)), (-0.5, 1, (-1, 1)), (0, 200, (0, 255)), (-3, 7, (-3, 7))],
)
def test_the_range_of_float_images_is_found(
    tmp_path: Path,
    context: vaereg.BuildContext,
    low: float,
    high: float,
    expected: tuple[float, float],
) -> None:
    np.save(tmp_path / "x.npy", np.linspace(low, high, 10 * 16).reshape(10, 4, 4))
    assert load(context, path="x.npy").spec.value_range == expected


def test_booleans_have_two_levels(tmp_path: Path, context: vaereg.BuildContext) -> None:
    np.save(tmp_path / "x.npy", np.eye(8, dtype=bool)[:, :, None] & np.ones(8, bool))
    spec = load(context, path="x.npy").spec
    assert (spec.levels, spec.value_range, spec.shape) == (2, (0.0, 1.0), (8, 8, 1))


def test_images_become_vectors_on_request(
    tmp_path: Path, context: vaereg.BuildContext, tiny_images: np.ndarray
) -> None:
    np.save(tmp_path / "x.npy", tiny_images)
    data = load(context, path="x.npy", form="vector")
    assert (data.spec.form, data.spec.shape) == ("vector", (64,))
    assert everything(data.train).shape == (16, 64)


def test_the_parts_of_an_npz_file_are_kept_and_share_one_numbering_of_labels(
    tmp_path: Path, context: vaereg.BuildContext, tiny_images: np.ndarray
) -> None:
    np.savez_compressed(
        tmp_path / "x.npz",
        train_images=tiny_images[:12],
        train_labels=np.full((12, 1), 7),
        test_images=tiny_images[12:],
        test_labels=np.full((8, 1), 3),
    )
    data = load(context, path="x.npz", validation=0.25)

    assert (len(data.train), len(data.validation or ()), len(data.test or ())) == (9, 3, 8)
    assert data.spec.class_names == ("3", "7")
    assert data.test is not None
    assert data.test.labels(np.arange(8)).tolist() == [0] * 8
    assert data.train.labels(np.arange(9)).tolist() == [1] * 9
    back = np.rint(everything(data.test) * 255).astype(np.uint8)
    assert np.array_equal(back, tiny_images[12:])


def test_labels_stay_with_their_examples(tmp_path: Path, context: vaereg.BuildContext) -> None:
    numbers = np.arange(30.0)
    names = np.array(["even", "odd"])[np.arange(30) % 2]
    np.savez(tmp_path / "x.npz", x=np.stack([numbers, numbers], 1), y=names)
    data = load(context, path="x.npz")

    assert data.spec.class_names == ("even", "odd")
    for split in (data.train, data.validation, data.test):
        assert split is not None
        labels = split.labels(np.arange(len(split)))
        assert np.array_equal(labels, everything(split)[:, 0] % 2)


def test_values_that_are_not_finite_are_counted_and_the_first_is_named(
    tmp_path: Path, context: vaereg.BuildContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.zeros((10, 3))
    values[4, 2], values[7, 0], values[9, 1] = np.nan, np.inf, 1e300
    np.save(tmp_path / "x.npy", values)
    monkeypatch.setattr(array_scan, "BLOCK", 100)  # several blocks
    with pytest.raises(vaereg.DataError, match=r"3 of 30 values .* first: \[4, 2\] is nan"):
        load(context, path="x.npy")


def test_the_hash_does_not_depend_on_the_size_of_blocks(
    context: vaereg.BuildContext, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load(context, path="v.npy").digest
    monkeypatch.setattr(array_scan, "BLOCK", 64)
    assert load(context, path="v.npy").digest == before


@pytest.mark.parametrize(
    ("values", "params", "message"),
    [
        (np.zeros((4, 2), object), {}, "arrays of Python objects are not supported"),
        (np.zeros((4, 2), complex), {}, "type complex128"),
        (np.zeros(4), {}, r"shape \(4,\); allowed are"),
        (np.zeros((0, 4)), {}, "every axis at least 1"),
        (np.ones((4, 2)), {"form": "image"}, "is not a shape of images"),
        (np.ones((4, 3, 9, 9)), {}, "channels must come last"),
        (np.full((4, 3, 3), 7000.0), {}, "all values are equal .7000"),
        (np.ones((1, 4)), {}, "1 example with test = 0.1 and validation = 0.1 leave none"),
        (np.arange(8.0).reshape(4, 2), {"value_range": (0.0, 5.0)}, r"from 0 to 7 are not within"),
        (np.ones((4, 2)), {"value_range": (1.0, 0.0)}, r"allowed are \[smallest, largest\]"),
        (np.ones((4, 2)), {"y": "y"}, "name arrays of a .npz file"),
    ],
)
def test_an_array_that_is_not_data_is_reported(
    tmp_path: Path,
    context: vaereg.BuildContext,
    values: np.ndarray,
    params: dict[str, object],
    message: str,
) -> None:
    np.save(tmp_path / "x.npy", values)
    with pytest.raises(vaereg.DataError, match=message) as caught:
        load(context, path="x.npy", **params)
    assert "x.npy" in str(caught.value) or "value_range" in params


@pytest.mark.parametrize(
    ("content", "params", "message"),
    [
        ({"a": np.ones((4, 2)), "b": np.ones(4)}, {}, "not clear which array .* are a, b"),
        ({"a": np.ones((4, 2))}, {"x": "c"}, 'no array "c"; the arrays are a'),
        ({"x": np.ones((4, 2)), "y": np.ones(3)}, {}, "4 examples but 3 labels"),
        ({"x": np.ones((4, 2)), "y": np.eye(4)}, {}, "one-hot labels"),
        ({"x": np.ones((4, 2)), "y": np.full(4, 0.5)}, {}, r"must be classes .* got 0.5"),
        ({"x": np.ones((4, 2)), "y": np.full(4, np.nan)}, {}, "must be classes .* got nan"),
        (
            {"x_train": np.ones((4, 2)), "x_test": np.ones((4, 3))},
            {},
            r"shape \(3,\), but those of the first part have shape \(2,\)",
        ),
        (
            {"x_train": np.ones((4, 2)), "x_test": np.ones((4, 2)), "y_train": np.ones(4)},
            {},
            "some parts have labels, but these have none: test",
        ),
        (
            {"x_train": np.ones((4, 2), np.uint8), "x_test": np.ones((4, 2))},
            {},
            "the parts mix 8-bit values",
        ),
        ({"x": np.zeros((4, 2), object)}, {}, "Python objects"),
        ({"x_train": np.ones((4, 2)), "c": np.ones(4)}, {"y": "c"}, 'y = "c" needs x'),
    ],
)
def test_arrays_that_do_not_fit_together_are_reported(
    tmp_path: Path,
    context: vaereg.BuildContext,
    content: dict[str, np.ndarray],
    params: dict[str, object],
    message: str,
) -> None:
    np.savez(tmp_path / "x.npz", **content)
    with pytest.raises(vaereg.DataError, match=message):
        load(context, path="x.npz", **params)


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_a_file_that_is_cut_short_is_reported(
    tmp_path: Path, context: vaereg.BuildContext, name: str, tiny_images: np.ndarray
) -> None:
    (np.save if name == "x.npy" else np.savez)(tmp_path / name, tiny_images)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(vaereg.DataError, match=f"{name}: cannot be read"):
        load(context, path=name)


def test_other_files_are_refused_by_name(tmp_path: Path, context: vaereg.BuildContext) -> None:
    (tmp_path / "x.pkl").write_bytes(b"cos\nsystem\n")
    with pytest.raises(vaereg.DataError, match=r"must end in .npy or .npz"):
        load(context, path="x.pkl")
    (tmp_path / "x.npy").write_bytes(b"cos\nsystem\n")
    with pytest.raises(vaereg.DataError, match="cannot be read"):
        load(context, path="x.npy")


def test_arrays_are_taken_by_the_names_given(
    tmp_path: Path, context: vaereg.BuildContext, tiny_images: np.ndarray
) -> None:
    np.savez(tmp_path / "x.npz", a=tiny_images, b=np.arange(20) % 4, c=np.zeros(3))
    data = load(context, path="x.npz", x="a", y="b")
    assert (data.spec.classes, data.spec.size) == (4, 16)
    assert load(context, path="x.npz", x="a").spec.classes is None

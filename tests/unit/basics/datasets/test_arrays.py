from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import vaereg
from vaereg.basics.datasets.arrays import Arrays
from vaereg.basics.datasets.declared import ArraysParams
from vaereg.basics.datasets.files import array_scan
from vaereg.basics.datasets.files.array_file import ArrayFile
from vaereg.basics.datasets.splits.deal import Dealing, deal


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


@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize(
    ("dtype", "top", "value_range"),
    [("uint8", 255, ()), ("uint16", 65535, ()), (">u2", 65535, ()), ("uint16", 4095, (0.0, 4095.0)),
     ("uint8", 16, (0.0, 16.0)), ("float32", 255, ()), ("float64", 16, ()), ("int64", 255, ()),
     ("int16", 4095, ()), ("int32", 65535, ()), ("float32", 1, ())],
)  # fmt: skip
def test_the_same_images_are_the_same_examples_whatever_type_and_range_they_were_stored_in(
    tmp_path: Path,
    context: vaereg.BuildContext,
    dtype: str,
    top: int,
    value_range: tuple[float, ...],
    on_disk: bool,
) -> None:
    images = np.random.default_rng(0).random((40, 6, 6, 3))
    images[:, 0, 0], images[:, 0, 1] = 0, 1
    stored = images * top if top == 1 else np.rint(images * top)
    np.savez(tmp_path / "x.npz", x=stored.astype(dtype))
    np.save(tmp_path / "x.npy", stored.astype(dtype))
    name = "x.npy" if on_disk else "x.npz"

    data = load(context, path=name, value_range=value_range, validation=0, test=0)

    assert data.spec.value_range == (0, 1) and data.spec.original_range == (0, top)
    found, order = (
        everything(data.train),
        deal(40, {}, Dealing(seed=0, validation=0, test=0), "")["train"],
    )
    assert found.dtype == np.float32 and found.min() >= 0 and found.max() <= 1 + 1e-6
    np.testing.assert_allclose(found, images[order], atol=0.5001 / top if top > 1 else 1e-7)
    np.testing.assert_allclose(data.in_original_units(found), stored[order], atol=top * 1e-6)
    levels = top + 1 if top > 1 else None
    assert data.spec.levels == levels


def test_a_range_that_was_assumed_is_told_with_the_key_to_set(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    digits = np.random.default_rng(0).integers(0, 17, (40, 8, 8))
    np.save(tmp_path / "x.npy", digits.astype(float))
    (told,) = load(context, path="x.npy").notes
    assert "whole numbers from 0 to 16" in told and "value_range = " in told

    np.save(tmp_path / "x.npy", digits.astype(np.uint8) * 15)
    assert load(context, path="x.npy").notes == ()


def test_a_pixel_slightly_beyond_the_range_is_clipped_and_told(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    images = np.random.default_rng(0).random((40, 6, 6))
    images[5, 3, 3] = 1.0004
    for name, save in (("x.npy", np.save), ("x.npz", lambda path, x: np.savez(path, x=x))):
        save(tmp_path / name, images)
        data = load(context, path=name)
        assert data.spec.original_range == (0, 1)
        splits = [each for each in (data.train, data.validation, data.test) if each is not None]
        assert max(everything(each).max() for each in splits) == 1
        (told,) = data.notes
        assert "1 of 1440 values" in told and "[5, 3, 3] is 1.0004" in told


@pytest.mark.parametrize(
    "values", [(0.0, 1.2), (-0.5, 200.0), (0.25, 254.75), (-1.1, 1.0), (0, 70000), (-5, 5)]
)
def test_images_whose_range_is_not_clear_are_refused_with_the_key_to_set(
    tmp_path: Path, context: vaereg.BuildContext, values: tuple[float, float]
) -> None:
    images = np.linspace(*values, 10 * 16).reshape(10, 4, 4)
    np.save(tmp_path / "x.npy", np.rint(images) if isinstance(values[0], int) else images)
    with pytest.raises(vaereg.DataError, match=r"white is not known\. Set value_range"):
        load(context, path="x.npy")
    data = load(context, path="x.npy", value_range=(-10.0, 80000.0))
    assert data.spec.value_range == (0, 1)


def test_the_range_is_found_in_the_training_split_and_no_other_may_leave_it(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    x = np.random.default_rng(0).integers(0, 17, (40, 4, 4)).astype(float)
    np.savez(tmp_path / "x.npz", x_train=x, x_test=x * 15)
    with pytest.raises(vaereg.DataError, match=r"from 0 to 240 are .*\[0, 16\]; .* test split"):
        load(context, path="x.npz")
    found = load(context, path="x.npz", value_range=(0.0, 255.0))
    assert found.spec.original_range == (0, 255)


def test_vectors_are_rescaled_only_on_request(
    context: vaereg.BuildContext, vectors: np.ndarray
) -> None:
    plain = load(context, path="v.npy", validation=0, test=0)
    assert plain.spec.original_range is None
    assert np.array_equal(np.sort(everything(plain.train), axis=None), np.sort(vectors, axis=None))

    scaled = load(context, path="v.npy", value_range=(-20.0, 20.0), validation=0, test=0)
    assert scaled.spec.value_range == (0, 1) and scaled.spec.original_range == (-20, 20)
    back = scaled.in_original_units(everything(scaled.train))
    np.testing.assert_allclose(back, everything(plain.train), atol=1e-5)


def test_values_that_float32_cannot_hold_are_told_with_count_and_example(
    tmp_path: Path, context: vaereg.BuildContext
) -> None:
    values = np.random.default_rng(0).normal(size=(40, 3))
    values[4, 2], values[7, 0] = 1e-50, -1e-60
    np.save(tmp_path / "x.npy", values)
    (told,) = load(context, path="x.npy").notes
    assert "2 of 120 values are too small" in told and "[4, 2] is 1e-50" in told

    np.save(tmp_path / "x.npy", np.arange(120).reshape(40, 3) + 2**40)
    (told,) = load(context, path="x.npy").notes
    assert "rounded to the 24 bits of float32" in told


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


@pytest.mark.parametrize("earlier", [False, True])
def test_data_drawn_with_the_seed_of_the_splits_is_not_sorted_by_its_draws_anymore(
    tmp_path: Path, earlier: bool
) -> None:
    phases = np.random.default_rng(0).random(400)
    np.save(tmp_path / "series.npy", np.sin(np.arange(8) / 9 + phases[:, None]))
    context = vaereg.BuildContext(name="data", folder=tmp_path, earlier_splits=earlier)

    data = load(context, path="series.npy", form="sequence")

    names = data.names_of("test", np.arange(40))
    held_out = phases[[int(each[len("series.npy[") : -1]) for each in names]]
    # a run of an earlier version keeps its splits
    assert held_out.max() < 0.2 if earlier else held_out.min() < 0.2 < 0.8 < held_out.max()


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
    assert isinstance(load(context, path="v.npy").train.values, ArrayFile)


def test_vectors_are_unbounded_unless_they_lie_within_0_and_1(
    tmp_path: Path, context: vaereg.BuildContext, vectors: np.ndarray
) -> None:
    np.save(tmp_path / "u.npy", np.abs(vectors) / 100)

    assert load(context, path="v.npy").spec.value_range is None
    assert load(context, path="u.npy").spec.value_range == (0.0, 1.0)


@pytest.mark.parametrize(("low", "high", "original"), [(0.1, 0.9, (0, 1)), (-0.5, 1, (-1, 1))])
def test_the_range_of_float_images_is_found(
    tmp_path: Path,
    context: vaereg.BuildContext,
    low: float,
    high: float,
    original: tuple[float, float],
) -> None:
    np.save(tmp_path / "x.npy", np.linspace(low, high, 10 * 16).reshape(10, 4, 4))
    spec = load(context, path="x.npy").spec
    assert (spec.value_range, spec.original_range) == ((0, 1), original)


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
        (np.ones((4, 3, 9, 9)), {}, "looks like .n, channels, h, w.. Set channel_axis"),
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
            "the parts mix values of the types float64, uint8",
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

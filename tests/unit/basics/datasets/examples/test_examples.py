"""Every built-in dataset reads other files as it reads its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vaereg
from vaereg.basics.datasets.arrays import Arrays
from vaereg.basics.datasets.csv_table import CsvTable
from vaereg.basics.datasets.declared import (
    ArraysParams,
    CsvParams,
    FashionMnistParams,
    ImageFolderParams,
)
from vaereg.basics.datasets.fashion_mnist import FashionMnist
from vaereg.basics.datasets.image_folder import ImageFolder

Reader = Arrays | CsvTable | ImageFolder | FashionMnist


def bytes_of(count: int, *shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, *shape)).astype(np.uint8)


def arrays(context: vaereg.BuildContext, values: np.ndarray, **params: object) -> Arrays:
    np.save(context.folder / "own.npy", values)
    return Arrays(ArraysParams(path="own.npy", **params), context)  # type: ignore[arg-type]


def write_images(folder: Path, count: int, size: tuple[int, int] = (6, 4), seed: int = 0) -> None:
    for number, pixels in enumerate(bytes_of(count, size[1], size[0], 3, seed=seed)):
        kind = folder / ("cat", "dog")[number % 2]
        kind.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(kind / f"{number}.png")


def write_table(path: Path, count: int = 40) -> None:
    rng = np.random.default_rng(0)
    rows = [
        f"{10 * rng.normal():.2f},{('red', 'green')[n % 2]},{rng.integers(5)},{'yn'[n % 2]}"
        for n in range(count)
    ]
    path.write_text("\n".join(["width,colour,legs,kind", *rows]) + "\n")


def table(context: vaereg.BuildContext, **params: object) -> CsvTable:
    write_table(context.folder / "own.csv")
    chosen = {"text": "one_hot", "target": "kind", **params}
    return CsvTable(CsvParams(path="own.csv", **chosen), context)  # type: ignore[arg-type]


def parts(context: vaereg.BuildContext) -> Arrays:
    rng = np.random.default_rng(1)
    series = {f"x_{part}": rng.normal(size=(n, 5, 2)) for part, n in (("train", 30), ("val", 4))}
    np.savez(context.folder / "own.npz", **series)
    params = ArraysParams(path="own.npz", form="sequence", standardize=True)
    return Arrays(params, context)


def folder(context: vaereg.BuildContext) -> ImageFolder:
    write_images(context.folder / "own", 20)
    return ImageFolder(ImageFolderParams(path="own", size=4), context)


OWN: dict[str, tuple[str, Callable[[vaereg.BuildContext], Reader]]] = {
    "bytes": ("own.npy", lambda c: arrays(c, bytes_of(30, 8, 8))),
    "floats": ("own.npy", lambda c: arrays(c, bytes_of(30, 8, 8, 3) / 127.5 - 1)),
    "channels first": (
        "own.npy",
        lambda c: arrays(c, bytes_of(30, 3, 8, 8), channel_axis="first", keep=(3, 1)),
    ),
    "vectors": ("own.npy", lambda c: arrays(c, bytes_of(30, 5) * 0.3 - 9, value_range=(-9, 90))),
    "parts": ("own.npz", parts),
    "table": ("own.csv", table),
    "images": ("own", folder),
}


@pytest.mark.parametrize("name", OWN)
def test_its_own_file_gives_the_examples_of_its_splits(
    context: vaereg.BuildContext, name: str
) -> None:
    path, made = OWN[name]
    dataset = made(context)
    data = dataset()
    read = dataset.read(context.folder / path, data.spec, lambda: data)
    everything = np.arange(len(read))
    found = dict(zip(read.names(everything), read.split.take(everything), strict=True))
    labels = dict(zip(read.names(everything), read.labels(everything) or [], strict=False))
    splits = {"train": data.train, "validation": data.validation, "test": data.test}
    count = 0
    for split, examples in splits.items():
        if examples is None:
            continue
        indices = np.arange(len(examples))
        for at, where in enumerate(data.names_of(split, indices)):
            assert np.array_equal(found[where], examples.take(np.array([at]))[0]), where
            if data.spec.classes:
                (number,) = examples.labels(np.array([at]))  # type: ignore[union-attr]
                assert labels[where] == data.spec.class_names[number]
        count += len(examples)
    assert count == len(read)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (bytes_of(3, 9, 8), r"\(3, 9, 8\); the run .* images of shape \(8, 8, 1\) with values"),
        (bytes_of(3, 8, 8, 3), "the run was trained on images"),
        (bytes_of(3, 8), "the run was trained on images"),
        (bytes_of(3, 8, 8) / 255, "values from 0 to 1, stored as float64; the run .* 0 to 255"),
        (bytes_of(3, 8, 8).astype(np.int64) * 9, "values from .* to 22.*; the run .* 0 to 255"),
        (bytes_of(3, 8, 8).astype(np.uint16), "stored as uint16; the run was .* 0 to 255"),
        (bytes_of(3, 8, 8) * np.nan, "NaN"),
    ],
    ids=["height", "channels", "vectors", "unit floats", "wider", "16 bits", "nan"],
)
def test_examples_of_another_shape_or_range_are_one_error(
    context: vaereg.BuildContext, given: np.ndarray, words: str
) -> None:
    dataset = arrays(context, bytes_of(30, 8, 8))
    data = dataset()
    np.save(context.folder / "new.npy", given)
    with pytest.raises(vaereg.DataError, match=rf"new.npy: .*{words}"):
        dataset.read(context.folder / "new.npy", data.spec, lambda: data)


@pytest.mark.parametrize("kept", [np.float32, np.int32], ids=["floats", "integers"])
def test_other_types_with_the_values_of_the_training_are_the_same_examples(
    context: vaereg.BuildContext, kept: type
) -> None:
    values = bytes_of(30, 8, 8)
    dataset = arrays(context, values)
    data = dataset()
    np.save(context.folder / "new.npy", values[3].astype(kept))  # one example, without its axis
    read = dataset.read(context.folder / "new.npy", data.spec, lambda: data)
    expected = values[3][None, ..., None] / np.float32(255)
    assert np.allclose(read.split.take(np.arange(len(read))), expected, atol=1e-7)


def test_bytes_are_images_for_a_model_of_floats(context: vaereg.BuildContext) -> None:
    values = bytes_of(30, 8, 8)
    dataset = arrays(context, values / np.float32(255))
    data = dataset()
    np.save(context.folder / "new.npy", values)
    read = dataset.read(context.folder / "new.npy", data.spec, lambda: data)
    assert np.allclose(read.split.take(np.arange(30))[..., 0], values / 255, atol=1e-7)


def test_image_files_may_be_given_to_a_model_of_arrays(context: vaereg.BuildContext) -> None:
    values = bytes_of(30, 8, 6, 3)
    dataset = arrays(context, values)
    data = dataset()
    Image.fromarray(values[4]).save(context.folder / "one.png")
    write_images(context.folder / "others", 4, (5, 5))
    read = dataset.read(context.folder / "one.png", data.spec, lambda: data)
    assert read.names(np.arange(1)) == ["one.png"]
    assert np.allclose(read.split.take(np.arange(1))[0], values[4] / 255, atol=1e-7)
    read = dataset.read(context.folder / "others", data.spec, lambda: data)
    with pytest.raises(vaereg.DataError, match=r"(?s)4 of 4 .*5 x 5 pixels.*trained on images"):
        read.split.take(np.arange(1))


def test_all_images_that_are_broken_are_named(context: vaereg.BuildContext) -> None:
    dataset = folder(context)
    data = dataset()
    write_images(context.folder / "new", 6, (9, 9), seed=1)
    read = dataset.read(context.folder / "new", data.spec, lambda: data)
    assert read.split.take(np.arange(6)).shape == (6, 4, 4, 3)  # resized, as in the training
    (context.folder / "new" / "cat" / "0.png").write_bytes(b"no image")
    (context.folder / "new" / "dog" / "5.png").write_bytes(b"no image")
    with pytest.raises(vaereg.DataError, match=r"(?s)2 of 6 .*0\.png.*5\.png"):
        read.split.take(np.arange(1))


def test_fashion_images_are_read_from_arrays_and_their_labels_are_named(
    context: vaereg.BuildContext,
) -> None:
    dataset = FashionMnist(FashionMnistParams(), context)
    data = dataset()
    np.savez(context.folder / "new.npz", x=bytes_of(3, 28, 28), y=[0, 9, 3])
    read = dataset.read(context.folder / "new.npz", data.spec, lambda: data)
    assert read.labels(np.arange(3)) == ["T-shirt/top", "Ankle boot", "Dress"]
    assert read.split.take(np.arange(3)).shape == (3, *data.spec.shape)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("width,legs\n1,2\n", "has no column 'colour'"),
        ("width,colour,legs\n1,blue,2\n", "line 2, column 'colour' is 'blue'; .* 'green', 'red'"),
        ("width,colour,legs\nx,red,2\n1,red,y\n", "2 cells .*line 2, column 'width' is 'x'"),
        ("width,colour,legs\n1,red,2\n,red,3\n", "line 3, column 'width' is missing"),
        ("", "is empty"),
    ],
    ids=["column", "category", "number", "missing", "empty"],
)
def test_tables_that_do_not_fit_are_one_error(
    context: vaereg.BuildContext, text: str, words: str
) -> None:
    dataset = table(context)
    data = dataset()
    (context.folder / "new.csv").write_text(text)
    with pytest.raises(vaereg.DataError, match=rf"(?s)new.csv.*{words}"):
        dataset.read(context.folder / "new.csv", data.spec, lambda: data)


def test_columns_are_found_by_name_and_missing_cells_filled_as_in_the_training(
    context: vaereg.BuildContext,
) -> None:
    dataset = table(context, missing="median")
    data = dataset()
    rows = "colour;extra;legs;width\nred;7;3;1,5\n;7;;\n"
    (context.folder / "new.csv").write_text(rows)
    read = dataset.read(context.folder / "new.csv", data.spec, lambda: data)
    assert data.to_rows is not None and any("'extra'" in note for note in read.notes)
    names, cells = data.to_rows(read.split.take(np.arange(2)))
    assert names == ("width", "colour", "legs") and cells[0] == ["1.50", "red", "3"]
    train = data.to_rows(data.train.take(np.arange(len(data.train))))[1]
    assert float(cells[1][0]) == pytest.approx(np.median([float(r[0]) for r in train]), abs=0.01)
    colours = [row[1] for row in train]
    assert cells[1][1] == max(("red", "green"), key=colours.count)

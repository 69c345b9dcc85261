"""The built-in datasets: their parameters and declarations. Never imports keras.

`split_seed` alone determines the splits, independently of the run's seed. So runs with different
seeds train, validate and test on the same examples and stay comparable.
"""

from __future__ import annotations

from vaereg.component import REQUIRED, Component, param
from vaereg.frozen import frozen

SPLIT_SEED = "seed of the splits; independent of the run's seed"


@frozen(kw_only=True)
class FashionMnistParams:
    """Parameters of the dataset `fashion_mnist`."""

    path: str = param("", "folder with the four IDX files, plain or .gz; empty: no files")
    source: str = param(
        "auto",
        "auto: IDX files if path is given, else the 6,000 bundled images; keras: a download",
        choices=("auto", "bundled", "idx", "keras"),
    )
    validation: int = param(
        5000,
        "images of the 60,000 held out for validation; the bundled set has its own 1,000",
        ge=0,
    )
    limit: int = param(0, "number of training images to use, chosen at random; 0: all", ge=0)
    classes: tuple[int, ...] = param((), "classes to keep, by number; empty: all", ge=0, le=9)
    split_seed: int = param(0, SPLIT_SEED, ge=0)


@frozen(kw_only=True)
class ArraysParams:
    """Parameters of the dataset `arrays`."""

    path: str = param(REQUIRED, "a .npy or .npz file, an IDX file of images, or a folder of them")
    x: str = param("", "name of the array of examples in the .npz; empty: a usual name, such as x")
    y: str = param("", "name of the array of labels in the .npz; empty: a usual name, such as y")
    form: str = param(
        "auto",
        "auto: (n, d): vectors, (n, h, w) and (n, h, w, c): images; sequence: (n, t), (n, t, c)",
        choices=("auto", "image", "vector", "sequence"),
    )
    channel_axis: str = param(
        "auto",
        "where images have their channels: (n, h, w, c) is last, (n, c, h, w) is first",
        choices=("auto", "last", "first"),
    )
    keep: tuple[int, ...] = param(
        (), "the channels, or columns of vectors, to use, counted from 1; empty: all", ge=1
    )
    value_range: tuple[float, ...] = param(
        (), "the smallest and largest stored value, scaled to [0, 1]; empty: as type and data say"
    )
    standardize: bool = param(
        False, "scale each column of vectors, or channel of series, to mean 0 and deviation 1"
    )
    validation: float = param(0.1, "share held out for validation if the file has none", ge=0, lt=1)
    test: float = param(0.1, "share held out for testing if the file has none", ge=0, lt=1)
    split_seed: int = param(0, SPLIT_SEED, ge=0)


@frozen(kw_only=True)
class ImageFolderParams:
    """Parameters of the dataset `image_folder`."""

    path: str = param(REQUIRED, "the folder; subfolders are classes (or train, validation, test)")
    size: int | tuple[int, ...] = param(
        0, "side, or (height, width); 0: the common size of all images", ge=0, unit="pixels"
    )
    channels: int = param(3, "1: grey, 3: colour", choices=(1, 3))
    fit: str = param(
        "crop",
        "crop: keep the aspect ratio and cut the edges; stretch: keep the whole image",
        choices=("crop", "stretch"),
    )
    background: str = param(
        "white", "the colour behind transparent pixels", choices=("white", "black")
    )
    value_range: tuple[float, ...] = param(
        (), "the stored values of black and white; empty: those of each file's type, or as it says"
    )
    cache: str = param(
        "auto",
        "where decoded images are kept; auto: memory up to 1 GiB, else disk; none: nowhere",
        choices=("auto", "memory", "disk", "none"),
    )
    validation: float = param(0.1, "share held out for validation", ge=0, lt=1)
    test: float = param(0.1, "share held out for testing", ge=0, lt=1)
    split_seed: int = param(0, SPLIT_SEED, ge=0)


@frozen(kw_only=True)
class CsvParams:
    """Parameters of the dataset `csv`."""

    path: str = param(
        REQUIRED, "a text file (UTF-8, or with a mark of its encoding), one row per line"
    )
    delimiter: str = param("", "the character between cells; empty: found in the file")
    decimal: str = param("auto", "the decimal sign of numbers", choices=("auto", ".", ","))
    columns: tuple[str, ...] = param((), "names of the columns to use; empty: all")
    drop: tuple[str, ...] = param((), "names of columns to leave out")
    text: str = param(
        "drop",
        "what becomes of columns of text: one value per category, its number, or nothing",
        choices=("drop", "one_hot", "ordinal"),
    )
    one_hot: tuple[str, ...] = param((), "columns with one value per category, whatever text says")
    ordinal: tuple[str, ...] = param((), "columns whose categories are numbered in order")
    missing: str = param(
        "error",
        "missing cells: an error, rows left out, the median, or the median and an indicator",
        choices=("error", "drop_rows", "median", "indicator"),
    )
    target: str = param("", "name of the column of class labels; empty: none")
    groups: str = param("", "column whose equal cells stay in one split, such as a patient")
    header: str = param(
        "auto", "whether the first row names the columns", choices=("auto", "yes", "no")
    )
    drop_constant: bool = param(False, "drop constant columns instead of raising an error")
    validation: float = param(0.1, "share held out for validation", ge=0, lt=1)
    test: float = param(0.1, "share held out for testing", ge=0, lt=1)
    split_seed: int = param(0, SPLIT_SEED, ge=0)


COMPONENTS: list[Component] = [
    Component(
        kind="dataset",
        name="fashion_mnist",
        params=FashionMnistParams,
        factory="vaereg.basics.datasets.fashion_mnist:FashionMnist",
        summary="Grey 28 x 28 images of clothes: 6,000 bundled, or all 70,000.",
        reference="arXiv:1708.07747",
        for_data={"image"},
        tags={"labelled", "grey"},
    ),
    Component(
        kind="dataset",
        name="arrays",
        params=ArraysParams,
        factory="vaereg.basics.datasets.arrays:Arrays",
        summary="Images, vectors or series from a .npy file (read lazily), .npz or IDX.",
        for_data={"image", "vector", "sequence"},
    ),
    Component(
        kind="dataset",
        name="image_folder",
        params=ImageFolderParams,
        factory="vaereg.basics.datasets.image_folder:ImageFolder",
        summary="Image files of any size in a folder, resized with antialiasing.",
        for_data={"image"},
    ),
    Component(
        kind="dataset",
        name="csv",
        params=CsvParams,
        factory="vaereg.basics.datasets.csv_table:CsvTable",
        summary="Columns of a text table, encoded and standardized with the training rows.",
        for_data={"vector"},
        tags={"tabular"},
    ),
]

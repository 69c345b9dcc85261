"""The built-in datasets: their parameters and declarations. Never imports keras.

`split_seed` alone decides the splits: the run's own seed does not, so that runs with different
seeds train, validate and test on the same examples and stay comparable.
"""

from __future__ import annotations

from vaereg.component import REQUIRED, Component, param
from vaereg.frozen import frozen

SPLIT_SEED = "seed of the splits, on its own: the run's seed leaves them alone"


@frozen(kw_only=True)
class FashionMnistParams:
    """Which Fashion-MNIST, and how much of it."""

    path: str = param("", "folder with the four IDX files, .gz or not; empty: not from files")
    source: str = param(
        "auto",
        "auto: IDX files if path is given, else the bundled 6,000 images; keras downloads",
        choices=("auto", "bundled", "idx", "keras"),
    )
    validation: int = param(
        5000, "held out of the 60,000 for validation; the bundled set has its own 1,000", ge=0
    )
    limit: int = param(0, "training images to use, after a shuffle; 0: all", ge=0)
    classes: tuple[int, ...] = param((), "classes to keep, by number; empty: all", ge=0, le=9)
    split_seed: int = param(0, SPLIT_SEED, ge=0)


@frozen(kw_only=True)
class ArraysParams:
    """Arrays saved by numpy."""

    path: str = param(REQUIRED, "a .npy or .npz file")
    x: str = param("", "name of the array of examples in the .npz; empty: found by its name")
    y: str = param("", "name of the array of labels in the .npz; empty: found by its name")
    form: str = param(
        "auto",
        "auto: (n, d) is vectors; (n, h, w) and (n, h, w, c) are images",
        choices=("auto", "image", "vector"),
    )
    value_range: tuple[float, ...] = param(
        (), "least and largest value; empty: 0 to 1 for 8-bit data, else found from the data"
    )
    validation: float = param(0.1, "share held out for validation if the file has none", ge=0, lt=1)
    test: float = param(0.1, "share held out for testing if the file has none", ge=0, lt=1)
    split_seed: int = param(0, SPLIT_SEED, ge=0)


@frozen(kw_only=True)
class ImageFolderParams:
    """A folder of image files."""

    path: str = param(REQUIRED, "the folder; subfolders are classes (or train, validation, test)")
    size: int | tuple[int, ...] = param(
        0, "side, or (height, width); 0: the size that all images share", ge=0, unit="pixels"
    )
    channels: int = param(3, "1: grey, 3: colour", choices=(1, 3))
    fit: str = param(
        "crop",
        "crop: keep the proportions and the centre; stretch: keep all of the image",
        choices=("crop", "stretch"),
    )
    background: str = param(
        "white", "what shows through transparent pixels", choices=("white", "black")
    )
    cache: str = param(
        "auto",
        "where decoded images stay; auto: memory below 1 GiB, else disk; none: decode each time",
        choices=("auto", "memory", "disk", "none"),
    )
    validation: float = param(0.1, "share held out for validation", ge=0, lt=1)
    test: float = param(0.1, "share held out for testing", ge=0, lt=1)
    split_seed: int = param(0, SPLIT_SEED, ge=0)


@frozen(kw_only=True)
class CsvParams:
    """A table of numbers as text."""

    path: str = param(REQUIRED, "a text file, UTF-8, a row a line")
    delimiter: str = param(",", "one character between cells")
    columns: tuple[str, ...] = param((), "columns to use, by name; empty: all that hold numbers")
    target: str = param("", "column of class labels; empty: none")
    header: str = param(
        "auto", "whether the first row names the columns", choices=("auto", "yes", "no")
    )
    drop_constant: bool = param(False, "leave out columns with one value instead of refusing them")
    validation: float = param(0.1, "share held out for validation", ge=0, lt=1)
    test: float = param(0.1, "share held out for testing", ge=0, lt=1)
    split_seed: int = param(0, SPLIT_SEED, ge=0)


COMPONENTS: list[Component] = [
    Component(
        kind="dataset",
        name="fashion_mnist",
        params=FashionMnistParams,
        factory="vaereg.basics.datasets.fashion_mnist:FashionMnist",
        summary="Pictures of clothes, 28 x 28 grey: 6,000 bundled, or all 70,000.",
        reference="arXiv:1708.07747",
        for_data={"image"},
        tags={"labelled", "grey"},
    ),
    Component(
        kind="dataset",
        name="arrays",
        params=ArraysParams,
        factory="vaereg.basics.datasets.arrays:Arrays",
        summary="Images or vectors from a .npy (any size, read as needed) or .npz file.",
        for_data={"image", "vector"},
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
        summary="Numeric columns of a text table, standardized by the training rows.",
        for_data={"vector"},
        tags={"tabular"},
    ),
]

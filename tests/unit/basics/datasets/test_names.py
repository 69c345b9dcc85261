"""Splits know where their examples stand in the files."""

from __future__ import annotations

import attrs
import numpy as np
from PIL import Image

import vaereg
from vaereg.basics.datasets.arrays import Arrays
from vaereg.basics.datasets.csv_table import CsvTable
from vaereg.basics.datasets.declared import ArraysParams, CsvParams, ImageFolderParams
from vaereg.basics.datasets.image_folder import ImageFolder


def splits(data: vaereg.Data) -> dict[str, vaereg.Split]:
    every = {"train": data.train, "validation": data.validation, "test": data.test}
    return {name: split for name, split in every.items() if split is not None}


def test_an_array_is_named_with_the_position_in_it(context: vaereg.BuildContext) -> None:
    values = np.arange(40, dtype=np.float32)
    np.savez(context.folder / "v.npz", x_train=values[:30, None] + 0.5, x_test=values[30:, None])
    np.save(context.folder / "v.npy", values[:, None] + 0.5)
    data = Arrays(ArraysParams(path="v.npz"), context)()
    assert data.names_of("test", np.array([3, 0])) == ["v.npz, x_test[3]", "v.npz, x_test[0]"]
    for name, split in splits(Arrays(ArraysParams(path="v.npy"), context)()).items():
        found = Arrays(ArraysParams(path="v.npy"), context)().names_of(name, np.arange(len(split)))
        taken = split.take(np.arange(len(split)))[:, 0]
        assert found == [f"v.npy[{int(each)}]" for each in taken]


def test_an_image_is_named_by_its_file(context: vaereg.BuildContext) -> None:
    for kind in ("cat", "dog"):
        (context.folder / "images" / kind).mkdir(parents=True)
        for number in range(10):
            value = number + 100 * (kind == "dog")
            Image.new("L", (4, 4), value).save(context.folder / "images" / kind / f"{number}.png")
    data = ImageFolder(ImageFolderParams(path="images", channels=1), context)()
    for name, split in splits(data).items():
        everyone = np.arange(len(split))
        values = np.rint(split.take(everyone)[:, 0, 0, 0] * 255).astype(int)
        expected = [f"{('cat', 'dog')[v // 100]}/{v % 100}.png" for v in values]
        assert data.names_of(name, everyone) == expected


def test_a_row_is_named_by_its_line_though_others_were_left_out(
    context: vaereg.BuildContext,
) -> None:
    lines = ["a", *("" if line % 7 == 0 else str(line) for line in range(2, 60))]
    text = "\n".join(f"{line},x" if line else "?,x" for line in lines)
    (context.folder / "t.csv").write_text(text.replace("a,x", "a,b", 1) + "\n")
    data = CsvTable(CsvParams(path="t.csv", missing="drop_rows", drop=("b",)), context)()
    assert data.to_rows is not None
    for name, split in splits(data).items():
        everyone = np.arange(len(split))
        cells = [row[0] for row in data.to_rows(split.take(everyone))[1]]
        assert data.names_of(name, everyone) == [f"t.csv, line {cell}" for cell in cells]


def test_names_keep_neither_arrays_nor_cells_in_memory(context: vaereg.BuildContext) -> None:
    np.savez(context.folder / "v.npz", x=np.arange(4000.0).reshape(40, 100))
    (context.folder / "t.csv").write_text("a,b\n" + "".join(f"{i},{i}.5\n" for i in range(40)))
    for dataset in (
        Arrays(ArraysParams(path="v.npz"), context),
        CsvTable(CsvParams(path="t.csv"), context),
    ):
        names = dataset().names
        assert names is not None and names.__closure__ is not None
        held = [cell.cell_contents for cell in names.__closure__]
        small = (str, list, dict)
        assert all(isinstance(each, small) for each in held)
        assert not any(
            isinstance(row, list) for each in held if isinstance(each, list) for row in each
        )


def test_data_without_names_is_named_by_split_and_position(context: vaereg.BuildContext) -> None:
    np.save(context.folder / "v.npy", np.arange(40.0)[:, None])
    data = attrs.evolve(Arrays(ArraysParams(path="v.npy"), context)(), names=None)
    assert data.names_of("train", np.array([2])) == ["train[2]"]

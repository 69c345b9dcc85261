"""What looks wrong about data is told before training, with the key to set."""

from __future__ import annotations

import warnings
from pathlib import Path

import attrs
import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_run import blobs, write_project
from vaereg.assembly.load_data import load_data
from vaereg.assembly.suspicious_data import remarks, suspicions
from vaereg.discovery.declare import declare


def told(folder: Path, **arrays: np.ndarray) -> list[str]:
    declaration = declare(write_project(folder, **arrays))
    return suspicions(load_data(declaration), declaration.data_slot)


def test_usual_images_raise_no_suspicion(tmp_path: Path) -> None:
    assert told(tmp_path) == []


@pytest.mark.parametrize(("top", "dtype"), [(4095, "uint16"), (255, "uint16"), (16, "uint8")])
def test_images_that_fill_a_tenth_of_their_types_range_are_told_with_the_likely_range(
    tmp_path: Path, top: int, dtype: str
) -> None:
    arrays = {
        name: np.rint(blobs(count, 0) / 255 * top).astype(dtype)
        for name, count in (("x_train", 256), ("x_val", 40), ("x_test", 8))
    }
    (line,) = told(tmp_path, **arrays)
    assert f"no value is above {top}" in line and f"set value_range = [0, {top}]" in line


def test_a_channel_with_one_value_is_told(tmp_path: Path) -> None:
    def with_alpha(count: int) -> np.ndarray:
        grey = blobs(count, 1)
        return np.concatenate([grey, grey // 2, grey, np.full_like(grey, 255)], axis=-1)

    (line,) = told(tmp_path, x_train=with_alpha(256), x_val=with_alpha(40), x_test=with_alpha(8))
    assert "channel 4 of 4 has the same value" in line and "set keep = [1, 2, 3]" in line


def test_data_that_is_nearly_one_value_is_told(tmp_path: Path) -> None:
    images = np.full((256, 8, 8, 1), 7, np.uint8)
    images[:100, 0, 0] = 255
    lines = told(tmp_path, x_train=images)
    assert any("99.4% of the values are 7" in each for each in lines)


def test_the_notes_of_any_dataset_are_told_by_train_and_by_build(tmp_path: Path) -> None:
    declaration = declare(write_project(tmp_path))
    data = attrs.evolve(load_data(declaration), notes=("2 rows were left out",))
    assert remarks(data, declaration) == ["note: [data.blobs] 2 rows were left out"]

    digits = np.rint(blobs(256, 0) / 16).clip(0, 15).astype(float)
    path = write_project(tmp_path, x_train=digits, x_val=digits[:40], x_test=digits[:8])
    with pytest.warns(UserWarning, match=r"note: \[data.blobs\] .* 0 \(black\) to 16 \(white\)"):
        vaereg.build(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vaereg.build(write_project(tmp_path))


def test_equal_channels_are_told_with_the_key_to_set(tmp_path: Path) -> None:
    def grey(count: int) -> np.ndarray:
        return np.repeat(blobs(count, 1), 3, axis=-1)

    (line,) = told(tmp_path, x_train=grey(256), x_val=grey(40), x_test=grey(8))
    assert "the 3 channels are equal" in line and "set keep = [1]" in line

    declaration = declare(tmp_path / "registry.toml")
    noted = attrs.evolve(load_data(declaration), notes=("all images are grey; set channels = 1",))
    assert suspicions(noted, declaration.data_slot) == []  # a dataset that told it itself


def test_a_split_that_is_darker_than_the_training_examples_is_told(tmp_path: Path) -> None:
    train = blobs(256, 0).astype(np.float32)
    lines = told(tmp_path, x_train=train, x_val=blobs(40, 1) / 255.0, x_test=train[:8])
    assert any("no value of the validation split is above 1" in each for each in lines)


def test_classes_without_training_examples_are_told(tmp_path: Path) -> None:
    lines = told(
        tmp_path, y_train=np.arange(256) % 2, y_val=np.arange(40) % 3, y_test=np.zeros(8, int)
    )
    (line,) = lines
    assert "13 examples of the validation split are of classes" in line and line.endswith(": 2.")

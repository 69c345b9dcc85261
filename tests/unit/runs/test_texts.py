"""Which examples are texts, and the file that they are written to."""

import numpy as np
import pytest

from vaereg.runs.texts import texts_of, write_texts


@pytest.mark.parametrize(
    ("displayed", "texts"),
    [
        (["one", "two"], ["one", "two"]),
        (np.array(["one", "two"]), ["one", "two"]),
        (np.array(["one", b"two"], object), ["one", "two"]),
        (np.array([b"one"]), ["one"]),
        (np.array([["a", "cat"], ["the", "dog"]]), ["a cat", "the dog"]),
        (np.array([["c", "a"], ["d", "o"]]), ["ca", "do"]),
        ([["size", 1.5], ["count", 2]], ["size 1.5", "count 2"]),
    ],
)
def test_texts_are_known_in_every_form(displayed, texts):
    assert texts_of(displayed) == texts


@pytest.mark.parametrize(
    "displayed",
    [np.zeros((2, 3)), [[1.0, 2.0]], np.arange(4), "one", np.array([[1.0, None]], object)],
)
def test_numbers_are_no_texts(displayed):
    assert texts_of(displayed) is None


def test_each_text_has_one_line(tmp_path):
    path = tmp_path / "samples.txt"
    write_texts(path, ["a\nb", "ü\\n", ""])
    assert path.read_text(encoding="utf-8").split("\n") == ["a\\nb", "ü\\\\n", "", ""]

"""Names and sizes in a pack, and arrays as safetensors."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

import vaereg
from vaereg.workflows.runs import pack_form
from vaereg.workflows.runs.pack_form import (
    arrays_as_bytes,
    arrays_from_bytes,
    check_name,
    read_contents,
)

FILE = {"bytes": 3, "sha256": "00"}


def contents(**changes):
    made = {"form": 1, "vaereg": "0.1.0", "model": "m", "run": "r", "files": {"lock.json": FILE}}
    return json.dumps({**made, **changes}).encode()


@pytest.mark.parametrize(
    "name",
    [
        "lock.json",
        "samplers/vaereg--gaussian_mixture.safetensors",
        "samplers/{ use = x, steps = 3 }-1a2b/last.safetensors",
        "samples/samples.png",
    ],
)
def test_names_of_a_run_are_taken(name):
    check_name(name, "x.vaereg")


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "samples/../../evil",
        "/etc/passwd",
        "C:\\evil",
        "a\\b",
        "",
        "samples//x",
        ".hidden",
        "a/b/c/d/e",
        "x\x00y",
        "x\ny",
        "x" * 300,
    ],
)
def test_names_that_leave_the_run_are_refused(name):
    with pytest.raises(vaereg.RunError, match="is refused"):
        check_name(name, "x.vaereg")
    with pytest.raises(vaereg.RunError, match="is refused"):
        read_contents(contents(files={name: FILE}), "x.vaereg")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"{ not this", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "made by hand"),
        (contents(form=99), "by a newer vaereg"),
        (contents(files={"lock.json": {"bytes": "3", "sha256": ""}}), "made by hand"),
        (contents(model="a/b"), "slash"),
        (contents(run=".."), "is refused"),
        (contents(files={"lock.json": {"bytes": 2**60, "sha256": ""}}), "too large"),
    ],
)
def test_another_form_is_one_error(content, complaint):
    with pytest.raises(vaereg.RunError, match=complaint):
        read_contents(content, "x.vaereg")


def test_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr(pack_form, "MOST_ENTRIES", 1)

    with pytest.raises(vaereg.RunError, match="too large"):
        read_contents(contents(files={"a": FILE, "b": FILE}), "x.vaereg")


def test_arrays_come_back_with_shapes_types_and_attributes():
    pytest.importorskip("safetensors")
    arrays = {
        "a/b": np.arange(6, dtype="float32").reshape(2, 3).T,
        "scalar": np.float64(3.0),
        "counts": np.array([1, 2], "int64"),
        "empty": np.zeros((0, 4), "uint8"),
        "flag": np.array(True),
    }

    found, attributes = arrays_from_bytes(arrays_as_bytes(arrays, {"epoch": 3, "ä": [1]}), "x")

    assert attributes == {"epoch": 3, "ä": [1]} and set(found) == set(arrays)
    for name, array in arrays.items():
        expected = np.asarray(array)
        assert (found[name].shape, found[name].dtype) == (expected.shape, expected.dtype), name
        np.testing.assert_array_equal(found[name], expected)


@pytest.mark.parametrize(
    "content",
    [b"", b"short", struct.pack("<Q", 2**40) + b"{}", struct.pack("<Q", 2) + b"{}" + b"rest"],
)
def test_damaged_arrays_are_one_error(content):
    pytest.importorskip("safetensors")

    with pytest.raises(vaereg.RunError, match="x is damaged"):
        arrays_from_bytes(content, "x")


def test_without_safetensors_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "safetensors.numpy", None)

    with pytest.raises(vaereg.RunError, match=r"pip install 'vaereg\[share\]'"):
        arrays_as_bytes({}, {})

"""Weights of PyTorch are read without it, and no code in a file is executed."""

from __future__ import annotations

import pickle
import zipfile

import numpy as np
import pytest

import vaereg
from tests.helpers.pth_files import (
    WRITERS,
    state_dict,
    tensor,
    text,
    write_older,
    write_zipped,
)
from vaereg.basics.feature_extractors.weights.torch_weights import read_torch_weights

FORMATS = list(WRITERS)


def some_tensors():
    rng = np.random.default_rng(0)
    return {
        "conv.weight": rng.normal(size=(4, 3, 2, 2)).astype(np.float32),
        "conv.bias": rng.normal(size=4),
        "half": rng.normal(size=(2, 3)).astype(np.float16),
        "steps": np.array(7),
        "mask": rng.integers(0, 256, (5,), dtype=np.uint8),
    }


def assert_same(found, due):
    assert list(found) == list(due)
    for name, array in due.items():
        assert found[name].dtype == array.dtype, name
        np.testing.assert_array_equal(found[name], array, err_msg=name)


@pytest.mark.parametrize("form", FORMATS)
def test_tensors_are_read_as_they_were_written(tmp_path, form):
    path = WRITERS[form](tmp_path / "w.pth", some_tensors())

    assert_same(read_torch_weights(path), some_tensors())


@pytest.mark.parametrize("form", FORMATS)
def test_our_files_are_what_pytorch_reads(tmp_path, form):
    torch = pytest.importorskip("torch")
    path = WRITERS[form](tmp_path / "w.pth", some_tensors())

    found = {name: each.numpy() for name, each in torch.load(path, weights_only=True).items()}

    assert_same(found, some_tensors())


@pytest.mark.parametrize("zipped", [True, False])
def test_what_pytorch_saves_is_read(tmp_path, zipped):
    torch = pytest.importorskip("torch")
    network = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Linear(5, 6)
    )
    tensors = dict(network.state_dict())
    tensors["part"] = torch.arange(24.0).reshape(4, 6)[1:, ::2]  # a view with strides
    tensors["turned"] = torch.arange(6, dtype=torch.int32).reshape(2, 3).T
    tensors["shared"] = tensors["part"]
    tensors["parameter"] = torch.nn.Parameter(torch.ones(2))
    tensors["empty"] = torch.empty(0, 3)
    torch.save(tensors, tmp_path / "w.pth", _use_new_zipfile_serialization=zipped)

    found = read_torch_weights(tmp_path / "w.pth")

    assert_same(found, {name: each.detach().numpy() for name, each in tensors.items()})


class Malicious:
    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        import os

        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("form", FORMATS)
def test_a_malicious_file_is_refused_and_runs_nothing(tmp_path, form):
    trace = tmp_path / "trace"
    evil = pickle.dumps({"w": Malicious(trace)}, protocol=2)
    path = WRITERS[form](tmp_path / "w.pth", {}, pickled=evil)
    pickle.loads(evil)
    assert trace.exists()  # the pickle really runs its code
    trace.unlink()

    with pytest.raises(vaereg.DataError, match=r"system`, which plain weights never need"):
        read_torch_weights(path)

    assert not trace.exists()


@pytest.mark.parametrize(
    "opcodes",
    [
        b"cbuiltins\neval\n",
        b"cnumpy\nload\n",
        b"ctorch\nload\n",
        b"ctorch._utils\n__builtins__\n",
        b"ccollections\nOrderedDict.__init__\n",
        b"\x8c\x08builtins\x8c\x04exec\x93",
    ],
)
def test_no_other_name_is_looked_up(tmp_path, opcodes):
    path = write_zipped(tmp_path / "w.pth", {}, pickled=b"\x80\x04}" + text("w") + opcodes + b"s.")

    with pytest.raises(vaereg.DataError, match="none of its code ran"):
        read_torch_weights(path)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "changed",
    [
        {"offset": 1},
        {"offset": -1},
        {"shape": (3, 4), "strides": (4, 1)},
        {"shape": (2, 3), "strides": (3, -1)},
        {"shape": (2, 3), "strides": (1,)},
        {"shape": (10**9, 10**9), "strides": (0, 0)},
        {"length": 10**15},
        {"length": -1},
    ],
)
def test_a_tensor_beyond_its_values_is_refused(tmp_path, form, changed):
    tensors = {"w": np.arange(6, dtype=np.float32).reshape(2, 3)}
    path = WRITERS[form](tmp_path / "w.pth", tensors, **changed)

    with pytest.raises(vaereg.DataError, match=r"w\.pth"):
        read_torch_weights(path)


def test_a_file_without_a_state_dict_is_refused(tmp_path):
    nested = b"\x80\x02}" + text("model") + state_dict({}, False)[2:-1] + b"s."
    bare = b"\x80\x02" + tensor(np.ones(3, np.float32), "0", False) + b"."

    for pickled in (nested, bare, pickle.dumps([1, 2]), pickle.dumps({"a": 1})):
        path = write_zipped(tmp_path / "w.pth", {"w": np.ones(3, np.float32)}, pickled=pickled)
        with pytest.raises(vaereg.DataError, match=r"not a tensor|instead of a state dict"):
            read_torch_weights(path)


@pytest.mark.parametrize("form", FORMATS)
def test_a_truncated_file_is_an_error_of_ours(tmp_path, form):
    path = WRITERS[form](tmp_path / "w.pth", some_tensors())
    whole = path.read_bytes()

    for share in (0.02, 0.3, 0.6, 0.97):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(vaereg.DataError, match=r"w\.pth"):
            read_torch_weights(path)


def test_other_files_are_an_error_of_ours(tmp_path):
    for content in (b"", b"not a pickle", pickle.dumps(5), b"PK\x03\x04"):
        (tmp_path / "w.pth").write_bytes(content)
        with pytest.raises(vaereg.DataError, match="cannot be read as weights"):
            read_torch_weights(tmp_path / "w.pth")
    with zipfile.ZipFile(tmp_path / "w.pth", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(vaereg.DataError, match="cannot be read as weights"):
        read_torch_weights(tmp_path / "w.pth")
    with pytest.raises(vaereg.DataError, match="does not exist"):
        read_torch_weights(tmp_path / "absent.pth")


def test_big_endian_files_are_refused(tmp_path):
    path = write_older(tmp_path / "w.pth", some_tensors(), little_endian=False)

    with pytest.raises(vaereg.DataError, match="big-endian"):
        read_torch_weights(path)

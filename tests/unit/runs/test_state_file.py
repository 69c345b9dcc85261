import h5py
import ml_dtypes
import numpy as np
import pytest

from vaereg.errors import RunError
from vaereg.runs.state_file import TRAILER, read_stamp, read_state, write_state

ARRAYS = {
    "encoder/hidden/kernel": np.random.default_rng(0).normal(size=(3, 4)).astype("float32"),
    "encoder/hidden": np.arange(3, dtype="uint32"),  # a prefix of another path
    "encoder.hidden": np.float64(2.5),  # the same once slashes are gone
    "half": np.array([1.5, np.inf, np.nan], dtype="float16"),
    "brain": np.array([[1.0, -2.25]], dtype=ml_dtypes.bfloat16),
    "steps": np.array(7, dtype="int64"),
    "empty": np.zeros((0, 2), dtype="float32"),
    "flags": np.array([True, False]),
    "transposed": np.arange(6.0).reshape(2, 3).T,
}
ATTRIBUTES = {"epoch": 3, "monitors": {"best": {"best": None, "term": "val_loss"}}, "ü": [1.5, "x"]}


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "last.h5"
    write_state(path, ARRAYS, ATTRIBUTES)
    return path


def test_every_array_comes_back_with_its_type_its_shape_and_its_bits(written):
    arrays, attributes = read_state(written)
    assert attributes == ATTRIBUTES
    assert list(arrays) == list(ARRAYS)
    for name, value in ARRAYS.items():
        value = np.asarray(value)
        assert arrays[name].dtype == value.dtype
        assert arrays[name].shape == value.shape
        assert arrays[name].tobytes() == value.tobytes()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.99])
def test_the_error_for_a_truncated_file_says_what_to_use_instead(written, share):
    content = written.read_bytes()
    written.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(RunError, match=r"last\.h5 is damaged(.|\n)*use the other"):
        read_state(written, "use the other")


def test_one_flipped_bit_in_a_weight_is_detected(written):
    content = bytearray(written.read_bytes())
    at = content.index(ARRAYS["encoder/hidden/kernel"].tobytes())
    content[at + 5] ^= 1
    written.write_bytes(bytes(content))
    with pytest.raises(RunError, match="checksum"):
        read_state(written)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(RunError, match="missing"):
        read_state(tmp_path / "no.h5")


def test_arrays_of_objects_are_refused_since_they_would_need_a_pickle(tmp_path):
    with pytest.raises(TypeError, match="numbers only"):
        write_state(tmp_path / "x.h5", {"a": np.array([object()])})
    assert list(tmp_path.iterdir()) == []


def test_damage_is_noticed_before_hdf5_reads_the_file(tmp_path, monkeypatch):
    path = tmp_path / "a.h5"
    write_state(path, {"w": np.arange(100.0)}, {"epoch": 3})
    whole = path.read_bytes()

    def opened(*words, **more):
        raise AssertionError("HDF5 read a damaged file, which may end the process")

    monkeypatch.setattr(h5py, "File", opened)
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(whole) - 22, 200):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        assert read_stamp(path) is None
        with pytest.raises(RunError, match="damaged and cannot be used"):
            read_state(path)


def test_a_file_without_a_checksum_is_read_as_before(tmp_path):
    path = tmp_path / "a.h5"
    write_state(path, {"w": np.arange(3.0)}, {"epoch": 3})
    whole = path.read_bytes()
    assert whole[-22:].startswith(TRAILER)
    path.write_bytes(whole[:-22])
    arrays, attributes = read_state(path)
    assert arrays["w"].tolist() == [0.0, 1.0, 2.0] and attributes == {"epoch": 3}

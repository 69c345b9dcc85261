from collections import namedtuple
from types import SimpleNamespace

import attrs
import numpy as np
import pytest

import vaereg
from vaereg.errors import DataError, RunError
from vaereg.training import data_checks
from vaereg.training.data_checks import check_data, check_disk, too_few_to_evaluate


def data(values):
    spec = vaereg.DataSpec(form="image", shape=(2, 2, 1), size=len(values))
    return vaereg.Data(spec=spec, train=vaereg.ArraySplit(values))


UNIT = SimpleNamespace(support=(0.0, 1.0))
ANY = SimpleNamespace(support=None)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_named_with_its_example(wrong):
    values = np.zeros((5000, 2, 2, 1), "float32")
    values[4321, 1, 0, 0] = wrong
    with pytest.raises(DataError, match=r"training example 4321: .* at \[1, 0, 0\] is not finite"):
        check_data(data(values), ANY)


@pytest.mark.parametrize("wrong", [-0.01, 1.01, 255.0])
def test_a_value_outside_the_likelihoods_support_is_named(wrong):
    values = np.zeros((10, 2, 2, 1), "float32")
    values[3, 0, 1, 0] = wrong
    with pytest.raises(DataError, match=r"example 3: .*outside \[0, 1\].*\n?.*bernoulli"):
        check_data(data(values), UNIT, "bernoulli")
    check_data(data(values), ANY)


def test_eight_bit_values_fit_the_unit_interval():
    check_data(data(np.full((10, 2, 2, 1), 255, np.uint8)), UNIT)


@pytest.mark.parametrize(
    ("test", "validation", "named"),
    [
        (None, None, "the test split has 0 examples"),
        (99, 500, "the test split has 99 examples"),
        (0, 99, "the validation split has 99 examples"),
        (None, 100, ""),
        (100, None, ""),
    ],
)
def test_too_few_held_out_examples_to_evaluate_are_told(test, validation, named):
    def split(count):
        return None if count is None else vaereg.ArraySplit(np.zeros((count, 2, 2, 1), np.float32))

    given = data(np.zeros((4, 2, 2, 1), np.float32))
    given = attrs.evolve(given, test=split(test), validation=split(validation))
    warning = too_few_to_evaluate(given)
    assert warning.startswith(named) and bool(warning) == bool(named)
    assert not named or "at least 100" in warning


def test_the_error_for_a_full_disk_says_how_much_is_needed(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(data_checks.shutil, "disk_usage", lambda path: usage(0, 0, 3 * 10**6))
    check_disk(tmp_path / "runs", 10**5)
    with pytest.raises(RunError, match=r"3 MB free; .* 41 MB"):
        check_disk(tmp_path / "runs", 10**7)

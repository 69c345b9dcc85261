"""Declared data is read, and a result that is not data, or too little data, is refused."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
import pytest

from tests.helpers.tiny_run import write_project
from vaereg.assembly.load_data import check_batch_size, load_data
from vaereg.component import Component, Offer
from vaereg.discovery.declare import declare
from vaereg.errors import ContractError, DataError, PluginError


def numbers(params, context):
    """A dataset that breaks its contract."""
    return lambda: [1, 2]


def broken(params, context):
    def read():
        raise KeyError("pixels")

    return read


def with_dataset(declaration, factory):
    component = Component(kind="dataset", name=factory, factory=f"{__name__}:{factory}")
    offer = Offer(component=component, distribution="acme-data", version="1")
    slot = attrs.evolve(declaration.data_slot, offer=offer)
    return attrs.evolve(declaration, data_slot=slot)


def test_the_declared_data_is_read(tmp_path: Path) -> None:
    declaration = declare(write_project(tmp_path))

    data = load_data(declaration)

    assert np.asarray(data.train.take(np.arange(2))).shape == (2, *data.spec.shape)


def test_fewer_examples_than_a_batch_are_an_error_with_the_largest_batch(tmp_path: Path) -> None:
    declaration = declare(write_project(tmp_path))
    data = load_data(declaration)
    count = len(data.train)
    declaration = attrs.evolve(
        declaration, train=attrs.evolve(declaration.train, batch_size=count + 1)
    )

    with pytest.raises(DataError, match=f"batch_size to at most {count}"):
        check_batch_size(data, declaration)


def test_a_dataset_that_gives_no_data_is_named(tmp_path: Path) -> None:
    declaration = with_dataset(declare(write_project(tmp_path)), "numbers")

    with pytest.raises(ContractError, match=r"acme-data.* gave list; a dataset gives Data"):
        load_data(declaration)


def test_an_exception_while_reading_names_the_dataset(tmp_path: Path) -> None:
    declaration = with_dataset(declare(write_project(tmp_path)), "broken")

    with pytest.raises(PluginError, match=r"acme-data.* cannot be read"):
        load_data(declaration)

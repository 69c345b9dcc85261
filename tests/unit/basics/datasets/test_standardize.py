"""Vectors and series of arrays are standardized on request, with the training examples."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from tests.unit.basics.datasets.test_arrays import everything, load
from vaereg.basics.datasets.files import array_scan


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
@pytest.mark.parametrize("form", ["vector", "sequence"])
def test_columns_and_channels_have_mean_0_and_deviation_1_over_the_training_examples(
    context: vaereg.BuildContext, monkeypatch: pytest.MonkeyPatch, form: str, name: str
) -> None:
    monkeypatch.setattr(array_scan, "BLOCK", 300)  # several blocks
    shape = (80, 3) if form == "vector" else (80, 9, 3)
    values = np.random.default_rng(0).normal([5e6, 0, -3], [2, 1e-4, 40], shape)
    if name == "x.npy":
        np.save(context.folder / name, values)
    else:
        np.savez(context.folder / name, values)
    data = load(context, path=name, form=form, standardize=True)

    rows = everything(data.train).reshape(-1, 3)
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(rows.std(axis=0), 1, atol=1e-5)
    assert data.spec.value_range is None and data.to_display is not None
    assert data.from_display is not None
    back = data.to_display(everything(data.train))
    assert (
        np.abs(np.sort(back[..., 0].ravel())[:, None] - np.sort(values[..., 0].ravel()))
        .min(axis=1)
        .max()
        < 1e-3
    )
    np.testing.assert_allclose(data.from_display(back), everything(data.train), atol=1e-5)
    assert load(context, path=name, form=form).digest != data.digest


def test_a_column_that_never_varies_keeps_its_scale(context: vaereg.BuildContext) -> None:
    values = np.random.default_rng(0).normal(size=(40, 2))
    values[:, 1] = 7
    np.save(context.folder / "x.npy", values)
    assert not everything(load(context, path="x.npy", standardize=True).train)[:, 1].any()


def test_images_are_not_standardized(context: vaereg.BuildContext) -> None:
    np.save(context.folder / "x.npy", np.random.default_rng(0).random((40, 6, 6)))
    with pytest.raises(vaereg.DataError, match="standardize is for vectors and series"):
        load(context, path="x.npy", standardize=True)
    with pytest.raises(vaereg.DataError, match="either standardize or value_range"):
        load(context, path="x.npy", standardize=True, value_range=(0.0, 1.0))

"""Resizing equals Pillow's and PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.helpers.toy_features import images
from vaereg.basics.feature_extractors.inputs.resize import resize, resize_matrix

SIZES = [(8, 96), (28, 96), (31, 17), (96, 96), (100, 33)]


@pytest.mark.parametrize(("given", "wanted"), SIZES)
@pytest.mark.parametrize("kernel", ["bicubic", "bilinear"])
def test_antialiased_resizing_equals_pillow(given, wanted, kernel):
    x = images(2, given, given + 3, 1)
    method = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}[kernel]

    due = [Image.fromarray(each[..., 0], mode="F").resize((wanted, wanted), method) for each in x]

    found = resize(x, wanted, kernel, antialias=True)
    np.testing.assert_allclose(found[..., 0], np.stack([np.asarray(d) for d in due]), atol=2e-6)


@pytest.mark.parametrize(("given", "wanted"), SIZES)
def test_plain_bilinear_resizing_equals_pytorch(given, wanted):
    torch = pytest.importorskip("torch")
    x = images(2, given, given + 3, 3)

    due = torch.nn.functional.interpolate(
        torch.from_numpy(x).permute(0, 3, 1, 2), (wanted, wanted), mode="bilinear"
    )

    found = resize(x, wanted, "bilinear", antialias=False)
    np.testing.assert_allclose(found, due.permute(0, 2, 3, 1).numpy(), atol=2e-5)


def test_plain_bilinear_interpolates_between_pixel_centres():
    x = np.array([0.0, 1.0], dtype=np.float32).reshape(1, 1, 2, 1).repeat(2, axis=1)

    found = resize(x, 4, "bilinear", antialias=False)

    np.testing.assert_allclose(found[0, 0, :, 0], [0, 0.25, 0.75, 1])


def test_constant_images_stay_constant():
    x = np.full((1, 9, 13, 2), 0.7, dtype=np.float32)

    for kernel, antialias in (("bicubic", True), ("bilinear", False)):
        np.testing.assert_allclose(resize(x, 20, kernel, antialias), 0.7, rtol=1e-6)


def test_the_same_size_changes_nothing():
    np.testing.assert_allclose(resize_matrix(8, 8, "bicubic", True), np.eye(8), atol=1e-7)

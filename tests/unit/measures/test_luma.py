import numpy as np
import pytest

import vaereg


@pytest.mark.parametrize(
    ("pixel", "grey"),
    [
        ([0.3], 0.3),
        ([0.2, 0.4], 0.3),
        ([1.0, 0.0, 0.0], 0.299),
        ([0.0, 1.0, 0.0], 0.587),
        ([0.0, 0.0, 1.0], 0.114),
        ([0.1, 0.2, 0.3, 0.4], 0.25),
    ],
)
def test_three_channels_are_weighted_and_others_averaged(pixel, grey):
    found = vaereg.luma(np.full((2, 4, 3, len(pixel)), pixel, np.float32))

    assert found.shape == (2, 4, 3)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, grey, atol=1e-6)

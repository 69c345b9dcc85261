"""The outputs of the decoder that a step keeps."""

from __future__ import annotations

import numpy as np

from vaereg.model.losses.taps import Taps


def test_every_output_is_kept_as_it_is() -> None:
    taps = Taps()
    outputs = [np.ones(2), np.zeros(3)]

    assert [taps(each) for each in outputs] == outputs
    assert taps.outputs == outputs


def test_what_is_given_is_added_in_the_order_of_the_outputs() -> None:
    taps = Taps([1.0, 10.0])

    assert [taps(0.5), taps(0.5), taps(0.5)] == [1.5, 10.5, 0.5]

"""The focal frequency loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keras import ops

import vaereg

if TYPE_CHECKING:
    from vaereg.basics.regularizers.declared import FocalFrequencyParams


class FocalFrequency:
    """R(x) = mean over frequencies and channels of w |F - F'|^2.

    F and F' are the orthonormal 2-D spectra of x and of its reconstruction. The weight w is
    |F - F'|^alpha divided by its maximum for each example and channel; it lies in [0, 1] and
    carries no gradient. R is >= 0, and 0 if x equals its reconstruction; with alpha = 0, it is the
    mean squared error. With `average`, the mean spectra of the batch are compared, and the scalar
    is repeated B times.

    Source: Jiang et al. 2021, arXiv:2012.12821, eq. 8-10.

    Raises:
        ValueError: for data that are not images.
    """

    def __init__(self, params: FocalFrequencyParams, context: vaereg.BuildContext) -> None:
        if len(context.data_spec.shape) != 3:
            raise ValueError(
                "regularizer 'focal_frequency' takes images (height, width, channels); this data "
                f"has shape {context.data_spec.shape}. Leave it out."
            )
        self.name = context.name
        self.alpha = params.alpha
        self.average = params.average

    def __call__(self, step: vaereg.Step) -> vaereg.Tensor:
        """The weighted distance between the spectra, (B,)."""
        gap = ops.cast(step.x - step.reconstruction, "float32")  # the transform is linear
        count = ops.shape(gap)[0]
        if self.average:
            gap = ops.mean(gap, axis=0, keepdims=True)
        height, width = gap.shape[1:3]
        gap = ops.transpose(gap, (0, 3, 1, 2))  # (B, C, H, W)
        real, imaginary = ops.fft2((gap, ops.zeros_like(gap)))
        power = (ops.square(real) + ops.square(imaginary)) / float(height * width)
        term = ops.mean(self._weights(ops.stop_gradient(power)) * power, axis=(1, 2, 3))
        return ops.broadcast_to(term, (count,)) if self.average else term

    def _weights(self, power: vaereg.Tensor) -> vaereg.Tensor:
        """|F - F'|^alpha divided by its maximum for each example and channel, within [0, 1]."""
        if self.alpha == 0:
            return ops.ones_like(power)
        highest = ops.amax(power, axis=(2, 3), keepdims=True)
        # Where the images agree every weight is 0; the ones only keep 0 / 0 away.
        share = power / ops.where(highest > 0, highest, ops.ones_like(highest))
        return ops.clip(ops.power(share, 0.5 * self.alpha), 0.0, 1.0)

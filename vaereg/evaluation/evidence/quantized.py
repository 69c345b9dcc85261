"""Examples as metrics see them: images in [0, 1], quantized to 8 bits."""

from __future__ import annotations

import attrs
import numpy as np

from vaereg.contracts.data import Data, DataSpec, Split

LARGEST = 255
"""The largest 8-bit value."""


@attrs.frozen(kw_only=True)
class Quantizer:
    """Converts examples of one data set into the form that metrics take.

    A decoder gives any number, but data has 8 bits; a score could exploit that difference
    (Parmar et al. 2022, arXiv:2104.11222, on quantization). Vectors and sequences stay unchanged.

    Args:
        spec: the spec of the examples.
        low, high: the values that become 0 and 1.
    """

    spec: DataSpec
    low: float = 0.0
    high: float = 1.0

    @property
    def quantized_spec(self) -> DataSpec:
        """The spec of quantized examples."""
        if self.spec.form != "image":
            return self.spec
        return attrs.evolve(self.spec, value_range=(0.0, 1.0))

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Examples (n, *data) float32; images clipped to the range and rounded to 8 bits."""
        values = np.asarray(examples, np.float32)
        if self.spec.form != "image":
            return values
        scaled = (values - np.float32(self.low)) / np.float32(self.high - self.low)
        levels: np.ndarray = np.rint(np.clip(scaled, 0.0, 1.0) * LARGEST).astype(np.float32)
        return levels / np.float32(LARGEST)


def quantizer_of(spec: DataSpec, train: np.ndarray) -> Quantizer:
    """The quantizer of a data set; an unbounded range is replaced by that of training examples."""
    if spec.form != "image":
        return Quantizer(spec=spec)
    low, high = spec.value_range or (float(train.min()), float(train.max()))
    return Quantizer(spec=spec, low=low, high=high if high > low else low + 1.0)


@attrs.frozen(eq=False)
class QuantizedSplit:
    """A split whose examples are quantized."""

    split: Split
    quantizer: Quantizer

    def __len__(self) -> int:
        return len(self.split)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """The examples at `indices`, quantized."""
        return self.quantizer(self.split.take(indices))

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        """Their labels."""
        return self.split.labels(indices)


def quantized_data(data: Data, quantizer: Quantizer) -> Data:
    """The data with every split quantized, for extractors to learn from."""

    def quantized(split: Split | None) -> Split | None:
        return None if split is None else QuantizedSplit(split, quantizer)

    return attrs.evolve(
        data,
        spec=quantizer.quantized_spec,
        train=QuantizedSplit(data.train, quantizer),
        validation=quantized(data.validation),
        test=quantized(data.test),
    )

"""The transposed convolution for PyTorch, cropped by its own kernel rather than afterwards.

Keras crops a "same" transposed convolution by a slice, whose gradient is a larger image filled
with zeros. PyTorch's kernel crops equally on both sides, so what "same" crops beyond that, one row
and one column of an odd kernel, is all that is left to a slice.
"""

from __future__ import annotations

import torch


def transposed_convolution(x: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
    """(B, h, w, i) and (kh, kw, o, i) -> (B, 2 h, 2 w, o)."""
    height, width = x.shape[1:3]
    before = [max(size - 2, 0) // 2 for size in kernel.shape[:2]]
    # As views: both stay in the layout that they have, which PyTorch calls channels last.
    y = torch.nn.functional.conv_transpose2d(
        x.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), stride=2, padding=before
    )
    return y[:, :, : 2 * height, : 2 * width].permute(0, 2, 3, 1)

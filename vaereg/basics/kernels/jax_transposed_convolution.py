"""The transposed convolution for JAX, whose own weight gradient is slow on processors.

Let C(y, w) be the convolution of stride 2 that halves an image. The transposed convolution T(x, w)
is its adjoint, <T(x, w), y> = <x, C(y, w)> for all y, and linear in x and in w. So with a
cotangent g, dx = C(g, w), and dw is the weight gradient of C at image g and cotangent x. Both are
made of operations that JAX differentiates again.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

LAYOUT = ("NHWC", "HWIO", "NHWC")


@jax.custom_vjp  # type: ignore[untyped-decorator, unused-ignore]  # where JAX is not installed
def transposed_convolution(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """T(x, kernel): (B, h, w, i) and (kh, kw, o, i) -> (B, 2 h, 2 w, o)."""
    even = kernel.shape[0] % 2 == 0 and kernel.shape[1] % 2 == 0
    if even and jax.default_backend() == "cpu":
        return _by_phases(x, kernel)
    return _by_dilation(x, kernel)


def _forward(x: jax.Array, kernel: jax.Array) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    return transposed_convolution(x, kernel), (x, kernel)


def _backward(kept: tuple[jax.Array, jax.Array], g: jax.Array) -> tuple[jax.Array, jax.Array]:
    x, kernel = kept
    dx, pull_back = jax.vjp(lambda w: _halving_convolution(g, w), kernel)
    return dx, pull_back(x)[0]


transposed_convolution.defvjp(_forward, _backward)


def _before(kernel: jax.Array) -> list[int]:
    """The number of zeros that "same" padding adds before each axis of even size at stride 2."""
    return [max(size - 2, 0) // 2 for size in kernel.shape[:2]]


def _halving_convolution(y: jax.Array, kernel: jax.Array) -> jax.Array:
    """C(y, kernel): (B, 2 h, 2 w, o) and (kh, kw, o, i) -> (B, h, w, i)."""
    totals = [max(size - 2, 0) for size in kernel.shape[:2]]
    padding = [(b, t - b) for b, t in zip(_before(kernel), totals, strict=True)]
    return lax.conv_general_dilated(y, kernel, (2, 2), padding, dimension_numbers=LAYOUT)


def _by_dilation(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """T with zeros inserted between the inputs, which the libraries of accelerators skip."""
    padding = [
        (size - 1 - b, size - (size - 1 - b))  # they add up to the size, for an output of 2 h
        for b, size in zip(_before(kernel), kernel.shape[:2], strict=True)
    ]
    return lax.conv_transpose(
        x, kernel, (2, 2), padding, dimension_numbers=LAYOUT, transpose_kernel=True
    )


def _by_phases(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """T for even kernels, without the zeros: one plain convolution per phase of the output.

    Output 2 m + r of the uncropped T is the sum over s of x[m - s] kernel[2 s + r] (the efficient
    sub-pixel convolution, arXiv:1609.07009, section 2), so all four phases are the channels of
    one convolution with half the kernel's size, laid side by side and cropped.
    """
    height, width = x.shape[1:3]
    kh, kw, outputs, inputs = kernel.shape
    sh, sw = kh // 2, kw // 2
    taps = jnp.flip(kernel.reshape(sh, 2, sw, 2, outputs, inputs), axis=(0, 2))
    taps = taps.transpose(0, 2, 5, 1, 3, 4).reshape(sh, sw, inputs, 4 * outputs)
    padding = [(sh - 1, sh - 1), (sw - 1, sw - 1)]
    y = lax.conv_general_dilated(x, taps, (1, 1), padding, dimension_numbers=LAYOUT)
    rows, columns = y.shape[1:3]
    y = y.reshape(-1, rows, columns, 2, 2, outputs).transpose(0, 1, 3, 2, 4, 5)
    y = y.reshape(-1, 2 * rows, 2 * columns, outputs)
    top, left = _before(kernel)
    return y[:, top : top + 2 * height, left : left + 2 * width]

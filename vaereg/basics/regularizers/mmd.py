"""The maximum mean discrepancy of encoded data from the prior."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keras import ops

import vaereg

if TYPE_CHECKING:
    from vaereg.basics.regularizers.declared import MMDParams


class MMD:
    """R = E k(z, z') + E k(p, p') - 2 E k(z, p), for latents z of the batch and prior draws p.

    With r the distance between two latents and C_s = 2 s d h^2, where d is the size of the latent
    and h the bandwidth (C_1 is the expected squared distance between two prior draws),

        imq: k = sum_s C_s / (C_s + r^2)        rbf: k = sum_s exp(-r^2 / C_s)

    "unbiased" omits pairs of a latent with itself from E k(z, z') and E k(p, p') (the U-statistic).
    Its expectation is 0 if the distributions are equal, so single values may be negative. "biased"
    includes these pairs (the V-statistic): it is >= 0 up to rounding, and 0 for equal samples.
    The scalar is repeated B times in the result. The cost is B^2 d.

    Source: Tolstikhin et al. 2018, arXiv:1711.01558, algorithm 2 and section 4 (kernel); Gretton
    et al. 2012, "A kernel two-sample test", lemma 6 (estimators).
    """

    def __init__(self, params: MMDParams, context: vaereg.BuildContext) -> None:
        self.name = context.name
        self.kernel = params.kernel
        self.unbiased = params.estimator == "unbiased"
        self.widths = tuple(2.0 * scale * params.bandwidth**2 for scale in params.scales)

    def __call__(self, step: vaereg.Step) -> vaereg.Tensor:
        """The discrepancy, (B,); all elements are equal."""
        z, p = _flat(step.latent.z), _flat(step.prior_latents)  # (B, d)
        # Distances ignore a common shift; near 0 their expanded form loses fewer digits.
        centre = ops.stop_gradient(ops.mean(p, axis=0, keepdims=True))
        z, p = z - centre, p - centre
        count = ops.shape(z)[0]
        pairs = ops.cast(count, "float32")
        cross = ops.sum(self._kernel(z, p)) / (pairs * pairs)
        within = self._mean_kernel_within(z, pairs) + self._mean_kernel_within(p, pairs)
        return ops.broadcast_to(within - 2.0 * cross, (count,))

    def _mean_kernel_within(self, a: vaereg.Tensor, count: vaereg.Tensor) -> vaereg.Tensor:
        """E k(a, a') over the pairs of one sample."""
        total = ops.sum(self._kernel(a, a))
        if not self.unbiased:
            return total / (count * count)
        on_diagonal = float(len(self.widths)) * count  # k(a, a) is 1 for each width
        # A lone example has no pair: the floor makes its share 0 rather than 0 / 0.
        return (total - on_diagonal) / ops.maximum(count * (count - 1.0), 1.0)

    def _kernel(self, a: vaereg.Tensor, b: vaereg.Tensor) -> vaereg.Tensor:
        """The kernel of every row of a with every row of b, (A, B)."""
        distance = _squared_distances(a, b)
        size = float(a.shape[-1])
        if self.kernel == "imq":
            return sum(c * size / (c * size + distance) for c in self.widths)
        return sum(ops.exp(-distance / (c * size)) for c in self.widths)


def _flat(z: vaereg.Tensor) -> vaereg.Tensor:
    """(B, *latent) -> (B, d)."""
    size = 1
    for length in z.shape[1:]:
        size *= length
    return ops.reshape(ops.cast(z, "float32"), (-1, size))


def _squared_distances(a: vaereg.Tensor, b: vaereg.Tensor) -> vaereg.Tensor:
    """|a_i - b_j|^2, (A, B), computed without the (A, B, d) array of differences."""
    squares = ops.sum(ops.square(a), axis=1)[:, None] + ops.sum(ops.square(b), axis=1)[None, :]
    return ops.maximum(squares - 2.0 * ops.matmul(a, ops.transpose(b)), 0.0)

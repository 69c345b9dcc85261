"""The contract of an augmentation."""

from __future__ import annotations

from typing import Protocol

from vaereg.contracts.tensor import Seed, Tensor


class Augmentation(Protocol):
    """A callable: (values, seed) -> values of the same shape, changed at random.

    Augmentations of the data, `[data.NAME] augment`, change the batches x (B, *data) float32 of
    training steps before anything else sees them; those of latents, `latent_augment` of a model,
    change z (B, *latent) on its way to the decoder. They run in the order of their declaration, in
    the compiled step. Validation, evaluation, samplers and reconstructions never call them.

    An augmentation has no weights that are trained. It does not see the conditions of the examples,
    so it must leave an example at its place in the batch, and what it shows must still deserve its
    label. Other parts may hold an augmentation (`vaereg.slot("augmentation", ...)`) and apply it
    with `step.seen`; gradients must pass through it.

    Laws: shape and dtype stay the same, and data stays within its range; all random numbers come
    from the seed; the draws differ between the examples of a batch and between two calls with one
    SeedGenerator; an example is changed without regard to the others.
    """

    def __call__(self, values: Tensor, seed: Seed) -> Tensor: ...

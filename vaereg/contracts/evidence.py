"""What a metric may use: real, generated and reconstructed examples, features, the model."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Protocol, TypeVar

import numpy as np

from vaereg.contracts.data import DataSpec

T = TypeVar("T")

LEAST_HELD_OUT = 100
"""The fewest held-out examples that an evaluation gives an interval for."""


class FeatureSets(Protocol):
    """The features of the evidence's examples from one extractor, each computed on first use.

    Attributes:
        name: the extractor's name, such as "classifier".
        real, generated, reconstructed: (n, d) float32.
        train: (m, d) float32, of the training examples.
        real_probabilities, generated_probabilities: (n, classes) if the extractor classifies,
            else None.
    """

    name: str

    @property
    def real(self) -> np.ndarray: ...
    @property
    def generated(self) -> np.ndarray: ...
    @property
    def reconstructed(self) -> np.ndarray: ...
    @property
    def train(self) -> np.ndarray: ...
    @property
    def real_probabilities(self) -> np.ndarray | None: ...
    @property
    def generated_probabilities(self) -> np.ndarray | None: ...

    def reconstructed_at(self, rows: np.ndarray) -> np.ndarray:
        """The features of the reconstructions with these positions; no others are computed."""
        ...

    def reconstructed_probabilities_at(self, rows: np.ndarray) -> np.ndarray | None:
        """Their class probabilities; None if the extractor does not classify."""
        ...


class ModelView(Protocol):
    """The trained model as a metric sees it: numpy arrays in and out.

    Latents are flattened to (n, d). Held-out examples are those of `Evidence.real`, in its order.

    Attributes:
        deterministic: whether q(z given x) is a point; then there is no bound.
        latents: (n, d), from which `Evidence.generated` were decoded.
        prior_latents: (n, d) draws from the prior.
        real_mean, real_log_var: (p, d) of q(z given x) for held-out examples; real_log_var is None
            if q is not a diagonal Gaussian.
        train_mean, train_log_var: (m, d), the same for training examples.
        kl: (p, groups), the KL divergence of q(z given x) from the prior for held-out examples, by
            latent dimension if it can be split; None if the posterior is deterministic.
        bounds: the parts whose log densities are lower bounds: "prior", "likelihood", or none.
    """

    @property
    def deterministic(self) -> bool: ...
    @property
    def latents(self) -> np.ndarray: ...
    @property
    def prior_latents(self) -> np.ndarray: ...
    @property
    def real_mean(self) -> np.ndarray: ...
    @property
    def real_log_var(self) -> np.ndarray | None: ...
    @property
    def train_mean(self) -> np.ndarray: ...
    @property
    def train_log_var(self) -> np.ndarray | None: ...
    @property
    def kl(self) -> np.ndarray | None: ...
    @property
    def bounds(self) -> tuple[str, ...]: ...

    def log_weights(self, samples: int, examples: int) -> np.ndarray:
        """log p(x, z_k) - log q(z_k given x) of K draws for the first examples, (K, examples)."""
        ...


class Evidence(Protocol):
    """Everything that the metrics of one evaluation may use.

    Real and generated images are in [0, 1] and quantized to 8 bits, so no metric can distinguish
    them by their rounding. Real data against real data, which gives the reference of every score,
    is evidence too: its `generated` are other real examples, its `reconstructed` are `real` itself,
    since a perfect model reconstructs every example, and it has no `model`.

    Attributes:
        data_spec: the specification of the examples; the value range of images is (0, 1).
        real: (p, *data) float32, held-out examples that the model has not seen.
        generated: (n, *data) float32, samples of the model; n = p unless the user chose a number.
        reconstructed: (p, *data) float32; row i is the reconstruction of real[i].
        train: (m, *data) float32, the training examples that the evaluation uses.
        unseen: (n,) bool, for the reference: which of `generated` the model was not trained on;
            None for a model's own samples, which all count.
        features: the features of the examples; only for metrics that use features.
        halves: the evidence in two halves, to measure reconstructions as samples are measured.
        generated_given, real_given: (n, ...) and (p, ...) the conditions with which samples were
            drawn, and those of held-out examples, by name: classes as int32. Empty if the model is
            told none.
        model: the model; None for the reference.
        thorough: whether this is a full evaluation, in which metrics spend more time on better
            estimates: `vaereg evaluate --full` or `preset="full"` in Python.
        seed: for the metric's random draws; equal seeds give equal scores.
    """

    data_spec: DataSpec
    unseen: np.ndarray | None
    model: ModelView | None
    thorough: bool
    seed: int

    @property
    def real(self) -> np.ndarray: ...
    @property
    def generated(self) -> np.ndarray: ...
    @property
    def reconstructed(self) -> np.ndarray: ...
    @property
    def train(self) -> np.ndarray: ...
    @property
    def real_given(self) -> Mapping[str, np.ndarray]: ...
    @property
    def generated_given(self) -> Mapping[str, np.ndarray]: ...
    @property
    def features(self) -> FeatureSets: ...
    @property
    def halves(self) -> Halves: ...

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value under `key`, computed once for this evidence and extractor."""
        ...


class Halves(Protocol):
    """The held-out examples in two halves, to measure reconstructions as samples are measured.

    A reconstruction resembles its original, so a distance of reconstructions from their own
    originals says less than one of samples. Here the reconstructions of one half, A, are compared
    with the other half, B. Samples in the same number are compared with B too. How much worse
    reconstructions are than real data is the decoder's fault; how much worse samples are than
    reconstructions is the fault of the distribution that latents are drawn from.

    A and B are chosen once, pseudorandomly, by the content of `real`: they do not depend on the
    order of examples, and they are the same for every model that is measured against these
    examples. Both hold h = p // 2 examples; of an odd number one is left out. All positions
    increase.

    Attributes:
        a, b: (h,) the positions of both halves in `Evidence.real`.
        drawn: (m,) the positions in `Evidence.generated` of the samples used, at most h, chosen by
            content.
        reconstructions: evidence whose `real` is B and whose `generated` are the reconstructions of
            A. For the reference, these are A itself.
        samples: evidence whose `real` is B and whose `generated` are the samples used.

    The features of both are parts of those of the whole evidence, so that no example passes through
    an extractor twice. Their `reconstructed` are the reconstructions of B, their `train` is that of
    the whole, and they have no `model`.
    """

    @property
    def a(self) -> np.ndarray: ...
    @property
    def b(self) -> np.ndarray: ...
    @property
    def drawn(self) -> np.ndarray: ...
    @property
    def reconstructions(self) -> Evidence: ...
    @property
    def samples(self) -> Evidence: ...

    def influence_of_real(self, of_a: np.ndarray, of_b: np.ndarray) -> np.ndarray:
        """The influences (p,) of all held-out examples on a score measured on halves.

        Their variance over p is that of `of_a` over h plus that of `of_b` over h.

        Args:
            of_a: (h,) the influences of the examples of A, through their reconstructions.
            of_b: (h,) the influences of the examples of B.
        """
        ...

    def influence_of_generated(self, of_drawn: np.ndarray) -> np.ndarray:
        """The influences (n,) of all samples, from those (m,) of the samples used."""
        ...

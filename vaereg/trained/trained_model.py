"""A trained model in Python: encodes, decodes, reconstructs, samples and scores numpy arrays."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.data import Data, DataSpec
from vaereg.contracts.sampler import Sampler
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.errors import DataError, UsageError
from vaereg.host.memory import free_memory, size
from vaereg.host.progress import Progress
from vaereg.runs.layout import RunFolder
from vaereg.trained.checked_values import checked_latents
from vaereg.trained.encoded import Encoded
from vaereg.trained.example_scores import score_examples
from vaereg.trained.load_weights import FINAL
from vaereg.trained.sampler_slot import sampler_slot
from vaereg.trained.samplers import draw, prepare_sampler
from vaereg.trained.units import MODEL, check_units, given_examples, taken_examples
from vaereg.trained.whole_number import whole_number

if TYPE_CHECKING:
    from vaereg.model.vae import VAE


MOST_SEED = 2**32 - 1
"""The largest seed of samples: JAX accepts no larger seed, and PyTorch truncates it."""


class Default(enum.Enum):
    """The default of a parameter for which None has a meaning of its own."""

    SAMPLER = "the sampler of the run"


class TrainedModel:
    """A trained model, as `vaereg.load` returns it; it works on whichever Keras backend is active.

    Every method takes a batch, or one example without the batch axis, and then returns one.
    Examples are floats within the value range of `data.spec`, as the dataset gives them; images
    may also be uint8, and images of one channel may lack the channel axis. With
    `units="original"`, a method takes and gives examples in the units of the data's files: images
    from 0 to 16 or 65,535, columns that are not standardized. Any other input raises a
    `vaereg.DataError` that says what the model takes.

    Args:
        vae: the model with its trained weights.
        declaration: the declaration that the model was built from.
        data: reads the training data; called once, when the data is first needed.
        folder: the run that stores fitted samplers; None to store none.
        weights: which weights the model has: "final", "last" or "best".
        data_digest: the digest of the data that it was trained on.
        source: the components available; `sample` looks up samplers by name in them.
        sampler: the slot of the sampler to draw with by default; None for the declared one.
        progress: shows stages that take long; None to show nothing.
        warn: gets the reason if a fitted sampler cannot be stored in the run; None to raise an
            error instead.
    """

    def __init__(
        self,
        vae: VAE,
        declaration: Declaration,
        data: Callable[[], Data],
        *,
        folder: RunFolder | None = None,
        weights: str = FINAL,
        data_digest: str = "",
        source: ComponentSource | None = None,
        sampler: Slot | None = None,
        progress: Progress | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self._vae = vae
        self._declaration = declaration
        self._read = data
        # Absolute: the working directory may change before a sampler is stored there.
        self._folder = None if folder is None else RunFolder(folder.path.absolute())
        self._weights = weights
        self._data_digest = data_digest
        self._source = source
        self._sampler = declaration.sampler if sampler is None else sampler
        self._progress = Progress(quiet=True) if progress is None else progress
        self._warn = warn
        self._fitted: dict[tuple[str, str, int], Sampler] = {}

    def __repr__(self) -> str:
        where = "" if self._folder is None else f" of {self._folder}"
        return f"<TrainedModel {self._declaration.model!r}{where}, {self._weights} weights>"

    # ---- properties ----

    @property
    def declaration(self) -> Declaration:
        """The declaration: every component with its parameters, and the training settings."""
        return self._declaration

    @property
    def vae(self) -> VAE:
        """The compiled keras.Model."""
        return self._vae

    @property
    def weights(self) -> str:
        """Which weights the model has: "final", "last" or "best"."""
        return self._weights

    @property
    def spec(self) -> DataSpec:
        """The specification of an example: its shape and its value range."""
        spec: DataSpec = self._vae.parts.data_spec
        return spec

    @property
    def latent_shape(self) -> tuple[int, ...]:
        """The shape of one latent."""
        return self._declaration.latent_shape

    @cached_property
    def data(self) -> Data:
        """The data that the model was trained on, read when it is first used.

        Raises:
            DataError: if it cannot be read.
            LockError: if its content has changed since the training.
        """
        return self._read()

    def examples(self, n: int, split: str = "test", units: str = MODEL) -> np.ndarray:
        """The first n examples of a split, (n, *data).

        Args:
            n: how many.
            split: "train", "validation" or "test".
            units: "model", as the model takes them, or "original".

        Raises:
            DataError: if the data has no such split, or fewer examples.
            UsageError: for any other split.
        """
        n = whole_number("n", n, 1)
        if split not in ("train", "validation", "test"):
            raise UsageError(f"split must be train, validation or test; got {split!r}")
        found = {
            "train": self.data.train,
            "validation": self.data.validation,
            "test": self.data.test,
        }[split]
        self._progress.end_stage()
        count = 0 if found is None else len(found)
        if found is None or count < n:
            raise DataError(
                f"data {self._declaration.data_name!r} has {count} {split} examples; {n} were "
                "requested."
            )
        return self._give(found.take(np.arange(n)), units)

    # ---- methods ----

    def encode(self, x: ArrayLike, units: str = MODEL) -> Encoded:
        """The posterior of each example, in numpy arrays.

        Args:
            x: (n, *data) or (*data).
            units: of x: "model" or "original".

        Returns:
            A `Latent` whose `mode` has shape (n, *latent); `z` equals it. `log_var` has the same
            shape, or is None if the posterior is not a diagonal Gaussian. `log_q` is None.
            `np.asarray` of the `Latent` is the mode.

        Raises:
            DataError: for a shape, dtype or value that the model does not take.
        """
        batch, single = self._take(x, units)
        latent = self._vae.encode(batch)
        mode, log_var = latent.mode, latent.log_var
        if single:
            mode, log_var = mode[0], None if log_var is None else log_var[0]
        return Encoded(z=mode, mode=mode, log_var=log_var)

    def decode(self, z: ArrayLike, units: str = MODEL) -> np.ndarray:
        """The likelihood's mean for each latent, (n, *data) float32.

        Args:
            z: (n, *latent) or (*latent), floats.
            units: of the result: "model" or "original".

        Raises:
            DataError: for a shape, dtype or value that the model does not take.
        """
        batch, single = checked_latents(z, self.latent_shape)
        return _batch_or_example(self._give(self._vae.decode(batch), units), single)

    def reconstruct(self, x: ArrayLike, units: str = MODEL) -> np.ndarray:
        """Each example encoded to the mode of its posterior and decoded, (n, *data) float32.

        Args:
            x: (n, *data) or (*data).
            units: of x and of the result: "model" or "original".

        Raises:
            DataError: for a shape, dtype or value that the model does not take.
        """
        batch, single = self._take(x, units)
        return _batch_or_example(self._give(self._vae.reconstruct(batch), units), single)

    def sample(
        self,
        n: int,
        seed: int = 0,
        sampler: str | Slot | Default | None = Default.SAMPLER,
        units: str = MODEL,
    ) -> np.ndarray:
        """n new examples, (n, *data) float32; on one backend, equal seeds give equal samples.

        A sampler that needs fitting is fitted on encoded training data the first time, and stored.

        Args:
            n: how many.
            seed: of the samples, below 2**32.
            sampler: the name of a sampler, such as "gaussian_mixture"; None for draws from the
                prior; if left out, the declared sampler, or that of `vaereg.load("RUN@SAMPLER")`.
            units: of the result: "model" or "original".

        Raises:
            UsageError: if there is no sampler of that name, if it needs parameters, or if n samples
                do not fit in memory.
            PluginError: if the sampler cannot be used.
            LockError: if the data has to be read and its content has changed.
        """
        check_units(units)
        return self._give(self.draw(n, seed, sampler)[0], units)

    def draw(
        self, n: int, seed: int = 0, sampler: str | Slot | Default | None = Default.SAMPLER
    ) -> tuple[np.ndarray, np.ndarray]:
        """Like `sample`, but also returns the latents (n, *latent) that were decoded."""
        n, seed = whole_number("n", n, 1), whole_number("seed", seed, 0, MOST_SEED)
        self._check_memory(n)
        if sampler is None:
            latents = self._vae.draw_prior(n, seed)
            return self._vae.decode(latents), latents
        drawn = draw(self._vae, self.fitted_sampler(sampler), self._slot(sampler), n, seed)
        self._progress.end_stage()
        return drawn

    def fitted_sampler(self, sampler: str | Slot | Default = Default.SAMPLER) -> Sampler:
        """A sampler, ready to draw latents; see `sample`."""
        slot = self._slot(sampler)
        # `vae` may have been trained on since a sampler was fitted
        key = (slot.offer.full_name, repr(slot.params), self._vae.steps_done())
        if key not in self._fitted:
            self._fitted[key] = prepare_sampler(
                self._vae,
                self._declaration,
                slot,
                lambda: self._data_to_fit(slot),
                folder=self._folder,
                weights=self._weights,
                data_digest=self._data_digest,
                warn=self._warn,
            )
        return self._fitted[key]

    def score(
        self, x: ArrayLike, samples: int = 64, seed: int = 0, units: str = MODEL
    ) -> dict[str, np.ndarray]:
        """How well the model explains each example, in nats: four arrays (n,) float64.

        `reconstruction` is E log p(x given z) over draws from q(z given x). `kl` is
        KL(q(z given x) || p(z)), in closed form if the prior has one, otherwise over the same
        draws. `elbo` is their difference. `bound` is the importance-weighted bound on log p(x),
        which becomes tighter with more samples. For a deterministic posterior, `elbo`, `bound` and
        `kl` do not exist and are NaN, and `reconstruction` is taken at the mode. If the posterior
        gives `log_var`, the scores of an example do not depend on the rest of the batch.

        Args:
            x: (n, *data) or (*data).
            samples: how many draws from q(z given x) per example.
            seed: of the draws; equal seeds give equal scores.
            units: of x: "model" or "original".

        Raises:
            DataError: for a shape, dtype or value that the model does not take.

        Source: Burda et al. 2016, arXiv:1509.00519, eq. 8.
        """
        samples, seed = whole_number("samples", samples, 1), whole_number("seed", seed, 0)
        batch, single = self._take(x, units)
        scores = score_examples(self._vae, batch, samples, seed, deterministic=self._deterministic)
        return {name: _batch_or_example(values, single) for name, values in scores.items()}

    @cached_property
    def _deterministic(self) -> bool:
        return bool(self._vae.is_deterministic)

    def _take(self, x: ArrayLike, units: str) -> tuple[np.ndarray, bool]:
        return taken_examples(x, units, self.spec, lambda: self.data)

    def _give(self, examples: np.ndarray, units: str) -> np.ndarray:
        return given_examples(examples, units, self.spec, lambda: self.data)

    def _slot(self, sampler: str | Slot | Default) -> Slot:
        if isinstance(sampler, Slot):
            return sampler
        if isinstance(sampler, Default):
            return self._sampler
        if not isinstance(sampler, str):
            raise UsageError(
                "sampler must be the name of a sampler, or None for draws from the prior; got "
                f"{sampler!r}"
            )
        if self._source is None:
            raise ValueError("only a model loaded from a run finds a sampler by its name")
        return sampler_slot(self._declaration, self._source, sampler)

    def _check_memory(self, n: int) -> None:
        """Raises UsageError if n samples do not fit in memory, which can end the process."""
        # Decoded batches are kept until all are there, and then concatenated.
        values = 2 * self.spec.dimensions + 2 * math.prod(self.latent_shape)
        needed, free = 4 * n * values, free_memory()
        if free is not None and needed > free:
            raise UsageError(
                f"{n} samples of shape {self.spec.shape} need {size(needed)} of memory, and "
                f"{size(free)} are free; draw fewer at a time, with several seeds"
            )

    def _data_to_fit(self, slot: Slot) -> Data:
        data = self.data
        self._progress.stage(f"fitting the sampler {slot.offer.name!r}")
        return data


def _batch_or_example(values: np.ndarray, single: bool) -> np.ndarray:
    return np.asarray(values[0]) if single else values

"""A trained model in Python: encodes, decodes, reconstructs, samples and scores numpy arrays."""

from __future__ import annotations

import enum
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.data import Data
from vaereg.contracts.sampler import Sampler
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.declaration.names_in_slots import name_in_slot
from vaereg.host.memory import free_memory
from vaereg.host.progress import Progress
from vaereg.model.given_values import checked_given
from vaereg.runs.layout import RunFolder
from vaereg.trained.checked_values import checked_latents
from vaereg.trained.encoded import Encoded
from vaereg.trained.enough_memory import check_memory
from vaereg.trained.example_scores import score_examples
from vaereg.trained.examples.latent_walks import LatentWalks
from vaereg.trained.exports.export_model import SAVED_MODEL, check_format, export_saved_model
from vaereg.trained.load_weights import FINAL
from vaereg.trained.sampler_slot import slot_of
from vaereg.trained.samplers import (
    TrainSampler,
    asked_in_sampling,
    build_sampler,
    draw,
    prepare_sampler,
)
from vaereg.trained.units import MODEL, check_units
from vaereg.trained.whole_number import whole_number

if TYPE_CHECKING:
    from vaereg.model.samplers.learned_sampler import LearnedSampler
    from vaereg.model.vae import VAE


MOST_SEED = 2**32 - 1
"""The largest seed of samples: JAX accepts no larger seed, and PyTorch truncates it."""


class Default(enum.Enum):
    """The default of a parameter for which None has a meaning of its own."""

    SAMPLER = "the sampler of the run"


class TrainedModel(LatentWalks):
    """A trained model, as `vaereg.load` returns it; it works on whichever Keras backend is active.

    Every method takes a batch, or one example without the batch axis, and then returns one.
    Examples are floats within the value range of `data.spec`, as the dataset gives them; images
    may also be uint8, and images of one channel may lack the channel axis. With
    `units="original"`, a method takes and gives examples in the units of the data's files: images
    from 0 to 16 or 65,535, columns that are not standardized. Any other input raises a
    `vaereg.DataError` that says what the model takes.

    A model whose parts are told conditions takes them as `given`: by name, one value for all
    examples or one for each, a class by its number or its name, such as `{"label": "Bag"}`. For
    examples that `examples` returned they may be left out.

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
        train_sampler: trains a sampler that learns by steps; None where there is no time for that.
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
        train_sampler: TrainSampler | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(vae, declaration, data, weights, progress)
        # Absolute: the working directory may change before a sampler is stored there.
        self._folder = None if folder is None else RunFolder(folder.path.absolute())
        self._data_digest = data_digest
        self._source = source
        self._sampler = declaration.sampler if sampler is None else sampler
        self._train_sampler = train_sampler
        self._warn = warn
        self._fitted: dict[tuple[str, str, str, int], Sampler | LearnedSampler] = {}

    def __repr__(self) -> str:
        where = "" if self._folder is None else f" of {self._folder}"
        return f"<TrainedModel {self._declaration.model!r}{where}, {self._weights} weights>"

    def encode(self, x: ArrayLike, units: str = MODEL, given: Given | None = None) -> Encoded:
        """The posterior of each example, in numpy arrays.

        Args:
            x: (n, *data) or (*data).
            units: of x: "model" or "original".
            given: the conditions of x.

        Returns:
            A `Latent` whose `mode` has shape (n, *latent); `z` equals it. `log_var` has the same
            shape, or is None if the posterior is not a diagonal Gaussian. `log_q` is None.
            `np.asarray` of the `Latent` is the mode.

        Raises:
            DataError: for a shape, dtype or value that the model does not take.
        """
        batch, single = self._take(x, units)
        latent = self._vae.encode(batch, self._given(given, batch))
        mode, log_var = latent.mode, latent.log_var
        if single:
            mode, log_var = mode[0], None if log_var is None else log_var[0]
        return Encoded(z=mode, mode=mode, log_var=log_var)

    def decode(
        self, z: ArrayLike, units: str = MODEL, given: Given | None = None, seed: int = 0
    ) -> np.ndarray:
        """An example for each latent, (n, *data) float32.

        It is the likelihood's mean, or a draw if the likelihood shows draws (`vae.draws`).

        Args:
            z: (n, *latent) or (*latent), floats.
            units: of the result: "model" or "original".
            given: the conditions of the results.
            seed: of the draws, below 2**32.

        Raises:
            DataError: for a shape, dtype or value that the model does not take.
        """
        batch, single = checked_latents(z, self.latent_shape)
        seed = whole_number("seed", seed, 0, MOST_SEED)
        decoded = self._vae.decode(batch, NO_CONDITIONS if given is None else given, seed)
        return _batch_or_example(self._give(decoded, units), single)

    def reconstruct(
        self, x: ArrayLike, units: str = MODEL, given: Given | None = None, seed: int = 0
    ) -> np.ndarray:
        """Each example encoded to the mode of its posterior and decoded, (n, *data) float32.

        Args:
            x: (n, *data) or (*data).
            units: of x and of the result: "model" or "original".
            given: the conditions of x.
            seed: of the draws, if the likelihood shows draws; below 2**32.

        Raises:
            DataError: for a shape, dtype or value that the model does not take.
        """
        batch, single = self._take(x, units)
        seed = whole_number("seed", seed, 0, MOST_SEED)
        made = self._vae.reconstruct(batch, self._given(given, batch), seed)
        return _batch_or_example(self._give(made, units), single)

    def sample(
        self,
        n: int,
        seed: int = 0,
        sampler: str | Slot | Default | None = Default.SAMPLER,
        units: str = MODEL,
        given: Given | None = None,
    ) -> np.ndarray:
        """n new examples, (n, *data) float32; on one backend, equal seeds give equal samples.

        A sampler that needs fitting is fitted on encoded training data the first time, and stored.

        Args:
            n: how many.
            seed: of the samples, below 2**32.
            sampler: the name of a sampler, such as "gaussian_mixture"; None for draws from the
                prior; if left out, the declared sampler, or that of `vaereg.load("RUN@SAMPLER")`.
            units: of the result: "model" or "original".
            given: the conditions of the examples, such as `{"label": 3}`.

        Raises:
            UsageError: if there is no sampler of that name, if it needs parameters, or if n samples
                do not fit in memory.
            PluginError: if the sampler cannot be used.
            LockError: if the data has to be read and its content has changed.
        """
        check_units(units)
        return self._give(self.draw(n, seed, sampler, given)[0], units)

    def draw(
        self,
        n: int,
        seed: int = 0,
        sampler: str | Slot | Default | None = Default.SAMPLER,
        given: Given | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Like `sample`, but also returns the latents (n, *latent) that were decoded."""
        n, seed = whole_number("n", n, 1), whole_number("seed", seed, 0, MOST_SEED)
        check_memory(n, self.spec, self.latent_shape, free_memory())
        told = NO_CONDITIONS if given is None else given
        if sampler is None:
            latents = self._vae.draw_prior(n, seed, told)
            return self._vae.decode(latents, told, seed), latents
        slot = self._slot(sampler)
        asked = asked_in_sampling(self._declaration, slot)
        checked_given(told, self.spec.given, asked, n)  # before the sampler is fitted
        fitted = self.fitted_sampler(slot)
        drawn = draw(self._vae, fitted, slot, n, seed, told)
        self._progress.end_stage()
        return drawn

    def draw_in_training(
        self, n: int, seed: int, given: Given | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Like `draw`, while the model is still trained: with draws from the prior if the sampler
        would have to be trained too."""
        from vaereg.model.samplers.learned_sampler import LearnedSampler

        built = build_sampler(self._vae, self._declaration, self._sampler)
        sampler = None if isinstance(built, LearnedSampler) else Default.SAMPLER
        return self.draw(n, seed, sampler, given)

    def fitted_sampler(
        self, sampler: str | Slot | Default = Default.SAMPLER
    ) -> Sampler | LearnedSampler:
        """A sampler, ready to draw latents; see `sample`."""
        slot = self._slot(sampler)
        # `vae` may have been trained on since a sampler was fitted
        key = (name_in_slot(slot), repr(slot.params), repr(slot.train), self._vae.steps_done())
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
                train=self._train_sampler,
                progress=self._progress,
            )
        return self._fitted[key]

    def export(
        self,
        path: str | os.PathLike[str],
        to: str = SAVED_MODEL,
        sampler: str | Slot | Default = Default.SAMPLER,
    ) -> Path:
        """Writes the model for programs without vaereg: encode, decode, reconstruct and sample.

        Args:
            path: the folder; an older export there is replaced.
            to: "savedmodel", on TensorFlow.
            sampler: as in `sample`; it becomes part of the function `sample(n, seed)`.

        Returns:
            The folder. vaereg.json in it lists the arguments of the functions.

        Raises:
            UsageError: for another format or backend, a sampler that cannot draw tensors, or if
                the folder holds something else.
            RunError: if a part cannot be traced, or the functions give other numbers.
        """
        check_format(to)
        slot = self._slot(sampler)
        asked = asked_in_sampling(self._declaration, slot)
        heard = [name for name in self._declaration.told(slot) if name in asked]
        fitted = self.fitted_sampler(slot)
        self._progress.stage("exporting and comparing with the model")
        export_saved_model(self._vae, fitted, slot, asked, heard, Path(path))
        self._progress.end_stage()
        return Path(path)

    def score(
        self,
        x: ArrayLike,
        samples: int = 64,
        seed: int = 0,
        units: str = MODEL,
        given: Given | None = None,
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
            given: the conditions of x; all scores are then conditional on them.

        Raises:
            DataError: for a shape, dtype or value that the model does not take.

        Source: Burda et al. 2016, arXiv:1509.00519, eq. 8.
        """
        samples, seed = whole_number("samples", samples, 1), whole_number("seed", seed, 0)
        batch, single = self._take(x, units)
        scores = score_examples(
            self._vae,
            batch,
            samples,
            seed,
            deterministic=self._deterministic,
            given=self._given(given, batch),
        )
        return {name: _batch_or_example(values, single) for name, values in scores.items()}

    @cached_property
    def _deterministic(self) -> bool:
        return bool(self._vae.is_deterministic)

    def _slot(self, sampler: str | Slot | Default) -> Slot:
        default = isinstance(sampler, Default)
        return self._sampler if default else slot_of(self._declaration, self._source, sampler)

    def _data_to_fit(self, slot: Slot) -> Data:
        data = self.data
        self._progress.stage(f"fitting the sampler {slot.offer.name!r}")
        return data


def _batch_or_example(values: np.ndarray, single: bool) -> np.ndarray:
    return np.asarray(values[0]) if single else values

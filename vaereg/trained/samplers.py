"""The sampler of a trained model: fitted on encoded training data, stored in the run, restored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

import attrs
import numpy as np

from vaereg.assembly.blame import blaming
from vaereg.assembly.build_component import build_component, part_context
from vaereg.assembly.does_not_fit import does_not_fit
from vaereg.assembly.seeded import seed_of
from vaereg.assembly.told import Asking, Told, placing_untold, told
from vaereg.component import ANY
from vaereg.contracts.conditions import NO_CONDITIONS, Given, conditions_at
from vaereg.contracts.data import Data, Split
from vaereg.contracts.latent import Latent, reparameterized
from vaereg.contracts.prior import Prior
from vaereg.contracts.sampler import Sampler
from vaereg.contracts.slot import Slot, held_slots, values_of
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.write import settings_table
from vaereg.errors import RunError, UsageError
from vaereg.host.progress import Progress
from vaereg.model.given_values import checked_given
from vaereg.runs.atomic import JsonObject
from vaereg.runs.layout import RunFolder, is_writable
from vaereg.runs.run_lock import source_hash
from vaereg.runs.state_file import digest_of, read_state, write_state
from vaereg.trained.load_weights import FINAL
from vaereg.trained.sampler_path import path_of_state
from vaereg.trained.sampler_path import sampler_path as sampler_path

if TYPE_CHECKING:
    from vaereg.model.samplers.learned_sampler import LearnedSampler
    from vaereg.model.vae import VAE

MOST_EXAMPLES = 50_000
"""How many training examples are encoded at most; of a larger set, a random choice of this size."""

CHUNK = 4096


@attrs.frozen(kw_only=True, eq=False)
class SamplerToTrain:
    """What the training of a sampler needs.

    Args:
        sampler: with its first weights.
        vae: the trained model.
        data: what the model was trained on.
        declaration: of the model.
        slot: of the sampler.
        seed: of everything random.
        folder: where its files are kept; None to keep none.
        made_from: everything that its weights depend on, as JSON.
        progress: informs the user.
    """

    sampler: LearnedSampler
    vae: VAE
    data: Data
    declaration: Declaration
    slot: Slot
    seed: int
    folder: Path | None
    made_from: JsonObject
    progress: Progress


TrainSampler: TypeAlias = Callable[[SamplerToTrain], None]
"""Trains a sampler that learns by steps; `vaereg.trained` may not import `vaereg.training`."""


def build_sampler(vae: VAE, declaration: Declaration, slot: Slot) -> Sampler | LearnedSampler:
    """The sampler of a slot, not fitted yet.

    Raises:
        DeclarationError: if `train` is declared for a sampler that is not trained.
    """
    from vaereg.assembly.passes import Passes
    from vaereg.model.samplers.learned_sampler import LearnedSampler, is_learned

    passes = Passes.of(vae.parts)
    is_prior = slot.offer.kind == "prior"  # it works on tensors, as in its own slot
    prior: Prior | None = vae.parts.prior
    if is_prior:
        prior = None
    elif declaration.data_slot.given:
        asking = Asking(prior, declaration.told(declaration.prior), "prior")
        prior = cast("Prior", asking)

    def encode(x: Tensor, given: Given | None = None) -> Latent:
        return passes.told(given or NO_CONDITIONS).encode_mode(x)

    def decode(z: Tensor, given: Given | None = None) -> Tensor:
        return passes.told(given or NO_CONDITIONS).decode(z)

    context = part_context(
        declaration,
        "sampler",
        vae.parts.data_spec,
        encode=encode if is_prior else vae.encode,
        decode=decode if is_prior else vae.decode,
        prior=prior,
        likelihood=vae.parts.likelihood,
        parts=vae.parts.named(),
    )
    with placing_untold(slot):
        built = build_component(slot, context, Sampler)
    if is_learned(slot, built):
        seed = seed_of(declaration.train.seed, "sampler/call")
        conditions = vae.parts.data_spec.conditions(declaration.told(slot))
        return LearnedSampler(built, slot, declaration.latent_shape, seed, conditions)
    if slot.train is not None:
        message = f"{slot.offer.label} is not trained by steps, so `train` has no effect"
        raise does_not_fit(slot, message, "remove `train`", path="sampler.train")
    return built


def fit_sampler(
    sampler: Sampler,
    vae: VAE,
    declaration: Declaration,
    slot: Slot,
    data: Data,
    tell: Callable[[str], None] = lambda text: None,
) -> None:
    """Fits a sampler on latents of the training data."""
    from vaereg.model.samplers.learned_sampler import call_fit

    seed = seed_of(declaration.train.seed, "sampler/fit")
    positions = positions_to_fit(data.train, seed)
    latents = encoded(vae, data.train, seed)
    names = declaration.told(slot)
    given = conditions_at(data.train, data.spec.conditions(names), positions)
    heard = told(sampler, names, given, "sampler")
    with blaming(slot, "cannot be fitted"):
        call_fit(heard, latents, seed, tell)


def positions_to_fit(split: Split, seed: int) -> np.ndarray:
    """The positions of the examples that a sampler is fitted on, increasing."""
    return _positions(split, np.random.default_rng(seed))


def _positions(split: Split, rng: np.random.Generator) -> np.ndarray:
    positions = np.arange(len(split))
    if len(positions) > MOST_EXAMPLES:
        positions = np.sort(rng.choice(positions, MOST_EXAMPLES, replace=False))
    return positions


def encoded(vae: VAE, split: Split, seed: int) -> np.ndarray:
    """Latents (n, *latent) of a split: one draw from q(z given x) for each example.

    They are draws because the decoder was trained on draws, whose distribution is the aggregate
    posterior. If the posterior is not a diagonal Gaussian, they are its modes.
    """
    rng = np.random.default_rng(seed)
    positions = _positions(split, rng)
    latents = []
    for start in range(0, len(positions), CHUNK):
        chosen = positions[start : start + CHUNK]
        latent = vae.encode(split.take(chosen), conditions_at(split, vae.parts.conditions, chosen))
        mode = np.asarray(latent.mode)
        if latent.log_var is None:
            latents.append(mode.astype(np.float32))
        else:
            noise = rng.standard_normal(mode.shape)
            latents.append(reparameterized(mode, latent.log_var, noise))
    return np.concatenate(latents)


def asked_in_sampling(declaration: Declaration, slot: Slot) -> set[str]:
    """The conditions without which no samples can be drawn with a sampler."""
    parts = [declaration.decoder, declaration.likelihood]
    if ANY in slot.offer.component.may_be_given:  # it passes them on to the prior
        parts.append(declaration.prior)
    asked = {name for part in parts for name in declaration.told(part)}
    return asked | slot.offer.component.given


def draw(
    vae: VAE,
    sampler: Sampler | LearnedSampler,
    slot: Slot,
    n: int,
    seed: int,
    given: Given = NO_CONDITIONS,
) -> tuple[np.ndarray, np.ndarray]:
    """n new examples (n, *data), and the latents (n, *latent) that they were decoded from.

    Raises:
        UsageError: if a condition is missing or unknown, or has a wrong value.
    """
    declaration = vae.declaration
    needed = asked_in_sampling(declaration, slot)
    supplied = needed | set(given).intersection(declaration.told(slot))
    heard = checked_given(given, vae.parts.data_spec.given, supplied, n)
    drawing = sampler
    if names := declaration.told(slot):
        drawing = cast("Sampler", Told(sampler, {k: heard[k] for k in names if k in heard}))
    with vae.averaged(), blaming(slot, "cannot draw"):
        latents = drawing.sample(n, seed)
    return vae.decode(latents, given, seed), latents


def prepare_sampler(
    vae: VAE,
    declaration: Declaration,
    slot: Slot,
    data: Callable[[], Data],
    *,
    folder: RunFolder | None = None,
    weights: str = FINAL,
    data_digest: str = "",
    warn: Callable[[str], None] | None = None,
    train: TrainSampler | None = None,
    progress: Progress | None = None,
) -> Sampler | LearnedSampler:
    """The sampler, restored if it was fitted on these weights; otherwise fitted and stored.

    A stored state carries digests of everything it was made from: the weights, the data, the
    component and its parameters. It is used only if all of them agree.

    Args:
        vae: the trained model.
        declaration: the declaration of the model.
        slot: the sampler's slot.
        data: gives the data; called only if the sampler must be fitted.
        folder: the run that stores the sampler's state; None to store it nowhere.
        weights: which weights the model has ("final", "last" or "best").
        data_digest: the digest of the data that the model was trained on.
        warn: gets the reason if the state cannot be used or stored; None to show the first by
            `progress`, and to raise an error if it cannot be stored.
        train: trains a sampler that learns by steps; None where there is no time for that.
        progress: shows how a sampler is trained, or what it tells while it is fitted.

    Raises:
        RunError: without `warn`, if a state cannot be stored.
        UsageError: if the sampler must be trained, and `train` is None.
    """
    from vaereg.model.samplers.learned_sampler import LearnedSampler

    progress = Progress(quiet=True) if progress is None else progress
    sampler = build_sampler(vae, declaration, slot)
    params = _params(slot, sampler)
    wanted: JsonObject = {
        "component": slot.offer.full_name,
        "version": slot.offer.version,
        "source": source_hash(slot.offer.component.factory),
        "params": repr(params),
        "weights": digest_of(vae.weights_only()),
        "data": data_digest,
        "seed": declaration.train.seed,
    }
    if held := {key: source_hash(each.offer.component.factory) for key, each in held_slots(slot)}:
        wanted["held"] = held
    if isinstance(sampler, LearnedSampler):
        wanted["train"] = None if slot.train is None else settings_table(slot.train)
    path = None if folder is None else path_of_state(folder, declaration, slot, weights, params)

    def say(text: str) -> None:
        progress.say(f"warning: {text}")

    tell = say if warn is None else warn
    stored = None if path is None else _stored(path, wanted, tell)
    if stored is not None:
        with blaming(slot, "cannot be restored"):
            sampler.restore(stored)
        return sampler
    fitted_on = data()
    made_from = {**wanted, "data": fitted_on.digest}
    if not isinstance(sampler, LearnedSampler):
        fit_sampler(sampler, vae, declaration, slot, fitted_on, progress.stage)
    elif train is None:
        raise UsageError(f"{slot.offer.label} is trained by steps, for which there is no time here")
    else:
        with blaming(slot, "cannot be trained"):
            task = SamplerToTrain(
                sampler=sampler,
                vae=vae,
                data=fitted_on,
                declaration=declaration,
                slot=slot,
                seed=seed_of(declaration.train.seed, "sampler/fit"),
                folder=path.with_suffix("") if path is not None and _can_hold(path) else None,
                made_from=made_from,
                progress=progress,
            )
            train(task)
    if path is None:
        return sampler
    try:
        with blaming(slot, "cannot give its state"):
            state = sampler.state()
        _keep(path, state, made_from)
    except RunError as error:
        if warn is None:
            raise
        warn(f"the fitted sampler was not stored: {error}")
    return sampler


def _stored(
    path: Path, wanted: JsonObject, tell: Callable[[str], None]
) -> dict[str, np.ndarray] | None:
    """The stored state if it was made from what is wanted now; otherwise None."""
    if not path.exists():
        return None
    try:
        arrays, attributes = read_state(path)
    except RunError as error:
        tell(f"{error} The sampler is fitted again.")
        return None
    return arrays if attributes == wanted else None


def _keep(path: Path, state: Mapping[str, np.ndarray], attributes: JsonObject) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise RunError(
            f"cannot create the folder {path.parent}: {error.strerror}.\nMove away what is in its "
            "place, or fix the permissions."
        ) from error
    write_state(path, state, attributes)


def _params(slot: Slot, sampler: Sampler | LearnedSampler) -> dict[str, object]:
    """The parameters that a fitted state depends on: all but those that only change draws."""
    layer = getattr(sampler, "layer", sampler)
    only_drawing: Sequence[str] = getattr(layer, "only_drawing", ())
    return {k: v for k, v in values_of(slot.params).items() if k not in only_drawing}


def _can_hold(path: Path) -> bool:
    return is_writable(path.parent if path.parent.exists() else path.parent.parent)

"""The sampler of a trained model: fitted on encoded training data, stored in the run, restored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from vaereg.assembly.blame import blaming
from vaereg.assembly.build_component import build_component, part_context
from vaereg.assembly.seeded import seed_of
from vaereg.assembly.told import Asking, Told, told
from vaereg.component import ANY
from vaereg.contracts.conditions import NO_CONDITIONS, Given, conditions_at
from vaereg.contracts.data import Data, Split
from vaereg.contracts.latent import reparameterized
from vaereg.contracts.prior import Prior
from vaereg.contracts.sampler import Sampler
from vaereg.contracts.slot import Slot, held_slots, values_of
from vaereg.declaration.declaration import Declaration
from vaereg.errors import RunError
from vaereg.model.given_values import checked_given
from vaereg.runs.atomic import JsonObject
from vaereg.runs.layout import RunFolder
from vaereg.runs.run_lock import source_hash
from vaereg.runs.state_file import digest_of, read_state, write_state
from vaereg.trained.load_weights import FINAL

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

MOST_EXAMPLES = 50_000
"""How many training examples are encoded at most; of a larger set, a random choice of this size."""

CHUNK = 4096


def build_sampler(vae: VAE, declaration: Declaration, slot: Slot) -> Sampler:
    """The sampler of a slot, not fitted yet."""
    prior = vae.parts.prior
    if declaration.data_slot.given:
        asking = Asking(prior, declaration.told(declaration.prior), "prior")
        prior = cast("Prior", asking)
    context = part_context(
        declaration,
        "sampler",
        vae.parts.data_spec,
        encode=vae.encode,
        decode=vae.decode,
        prior=prior,
        likelihood=vae.parts.likelihood,
        parts=vae.parts.named(),
    )
    return build_component(slot, context, Sampler)


def fit_sampler(
    sampler: Sampler, vae: VAE, declaration: Declaration, slot: Slot, data: Data
) -> None:
    """Fits a sampler on latents of the training data."""
    seed = seed_of(declaration.train.seed, "sampler/fit")
    positions = positions_to_fit(data.train, seed)
    latents = encoded(vae, data.train, seed)
    names = declaration.told(slot)
    conditions = [each for each in data.spec.given if each.name in names]
    heard = told(sampler, names, conditions_at(data.train, conditions, positions), "sampler")
    with blaming(slot, "cannot be fitted"):
        heard.fit(latents, seed)


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
    sampler: Sampler,
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
    return vae.decode(latents, given), latents


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
) -> Sampler:
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
        warn: gets the reason if the state cannot be used or stored; None to raise an error if it
            cannot be stored.

    Raises:
        RunError: without `warn`, if a state cannot be stored.
    """
    sampler = build_sampler(vae, declaration, slot)
    if folder is None:
        fit_sampler(sampler, vae, declaration, slot, data())
        return sampler
    path = sampler_path(folder, slot, weights)
    wanted: JsonObject = {
        "component": slot.offer.full_name,
        "version": slot.offer.version,
        "source": source_hash(slot.offer.component.factory),
        "params": repr(values_of(slot.params)),
        "weights": digest_of(vae.weights_only()),
        "data": data_digest,
        "seed": declaration.train.seed,
    }
    if held := {key: source_hash(each.offer.component.factory) for key, each in held_slots(slot)}:
        wanted["held"] = held
    stored = _stored(path, wanted, warn)
    if stored is not None:
        with blaming(slot, "cannot be restored"):
            sampler.restore(stored)
        return sampler
    fitted_on = data()
    fit_sampler(sampler, vae, declaration, slot, fitted_on)
    try:
        with blaming(slot, "cannot give its state"):
            state = sampler.state()
        _keep(path, state, {**wanted, "data": fitted_on.digest})
    except RunError as error:
        if warn is None:
            raise
        warn(f"the fitted sampler was not stored: {error}")
    return sampler


def _stored(
    path: Path, wanted: JsonObject, warn: Callable[[str], None] | None
) -> dict[str, np.ndarray] | None:
    """The stored state if it was made from what is wanted now; otherwise None."""
    if not path.exists():
        return None
    try:
        arrays, attributes = read_state(path)
    except RunError as error:
        if warn is not None:
            warn(f"{error} The sampler is fitted again.")
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


def sampler_path(folder: RunFolder, slot: Slot, weights: str = FINAL) -> Path:
    """The path under which a run stores the state of a fitted sampler."""
    name = re.sub(r"[^\w.-]", "--", slot.offer.full_name)
    return folder.samplers / f"{name}{'' if weights == FINAL else '-' + weights}.h5"

"""The sampler of a run: fitted on encoded training data, kept in the run, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from vaereg.assembly.blame import blaming
from vaereg.assembly.build_component import build_component, part_context
from vaereg.assembly.seeded import seed_of
from vaereg.contracts.data import Data, Split
from vaereg.contracts.sampler import Sampler
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.runs.layout import RunFolder
from vaereg.runs.state_file import read_state, write_state

MOST_EXAMPLES = 50_000
"""How many training examples are encoded at most; beyond, they are chosen at random."""

CHUNK = 4096


def build_sampler(vae: Any, declaration: Declaration, part: Slot) -> Sampler:
    """The sampler of a slot, not fitted yet."""
    context = part_context(
        declaration,
        "sampler",
        vae.parts.data_spec,
        encode=vae.encode,
        decode=vae.decode,
        prior=vae.parts.prior,
        likelihood=vae.parts.likelihood,
    )
    return build_component(part, context, Sampler)


def fit_sampler(sampler: Any, vae: Any, declaration: Declaration, part: Slot, data: Data) -> None:
    """Fits a sampler on latents of the training data."""
    seed = seed_of(declaration.train.seed, "sampler/fit")
    latents = encoded(vae, data.train, seed)
    with blaming(part, "cannot be fitted"):
        sampler.fit(latents, seed)


def encoded(vae: Any, split: Split, seed: int) -> np.ndarray:
    """Latents (n, *latent) of a split: one draw from q(z given x) each.

    Draws, because the decoder was trained on them and their distribution is the aggregate
    posterior; where the posterior is no diagonal Gaussian, its mode.
    """
    rng = np.random.default_rng(seed)
    positions = np.arange(len(split))
    if len(positions) > MOST_EXAMPLES:
        positions = np.sort(rng.choice(positions, MOST_EXAMPLES, replace=False))
    latents = []
    for start in range(0, len(positions), CHUNK):
        latent = vae.encode(split.take(positions[start : start + CHUNK]))
        z = latent.mode
        if latent.log_var is not None:
            z = z + np.exp(0.5 * latent.log_var) * rng.standard_normal(z.shape)
        latents.append(z.astype(np.float32))
    return np.concatenate(latents)


def draw(vae: Any, sampler: Any, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """n new examples (n, *data) and the latents (n, *latent) they were decoded from."""
    with vae.averaged():
        latents = sampler.sample(n, seed)
    return vae.decode(latents), latents


def ready_sampler(
    vae: Any,
    declaration: Declaration,
    part: Slot,
    run: RunFolder,
    weights: str,
    data: Callable[[], Data],
) -> Any:
    """The sampler, taken from the run if it was fitted on these weights, else fitted and kept.

    Args:
        vae: the trained model.
        declaration: what was trained.
        part: the sampler's slot.
        run: where its state is kept.
        weights: which weights the model has ("final", "last" or "best").
        data: gives the data, asked only if the sampler must be fitted.
    """
    sampler = build_sampler(vae, declaration, part)
    path = sampler_path(run, part, weights)
    wanted = {
        "component": part.offer.full_name,
        "version": part.offer.version,
        "params": repr(attrs.asdict(part.params)),
        "steps": vae.steps_done() if weights != "final" else 0,
    }
    if path.exists():
        arrays, attributes = read_state(path, "Delete it; the sampler is then fitted anew.")
        if attributes == wanted:
            with blaming(part, "cannot be restored"):
                sampler.restore(arrays)
            return sampler
    fit_sampler(sampler, vae, declaration, part, data())
    path.parent.mkdir(exist_ok=True)
    write_state(path, sampler.state(), wanted)
    return sampler


def sampler_path(run: RunFolder, part: Slot, weights: str = "final") -> Path:
    """Where the state of a fitted sampler lies."""
    name = re.sub(r"[^\w.-]", "--", part.offer.full_name)
    return run.samplers / f"{name}{'' if weights == 'final' else '-' + weights}.h5"

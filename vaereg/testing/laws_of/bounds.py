"""Laws of priors and likelihoods whose log_prob is a bound of the log density.

Nobody knows the density itself, but the draws follow it. So what a bound claims for a region must
not exceed the share of the draws in it by more than five standard errors.
"""

from __future__ import annotations

import math

import numpy as np
from keras import ops

from vaereg.contracts.latent import Latent
from vaereg.model.losses.kl_terms import closed_kl
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.densities.one_value import OneValue
from vaereg.testing.law import law, require
from vaereg.testing.laws_of.distributions import array, flat_case, surface_of
from vaereg.testing.laws_of.likelihoods import MOST_OVER, outputs_of, single_value_harnesses
from vaereg.testing.moved_weights import each_state

DRAWS = 40_000
SIGMAS = 5.0
REGIONS = 8
"""Along each axis; draws are divided into equal shares along the axes."""


@law(
    "a-bound-lies-below-the-density",
    "A log_prob that is declared to be a bound claims for no region more than the draws show.",
    "prior",
    "likelihood",
)
def a_bound_lies_below_the_density(component: ComponentUnderTest) -> None:
    """Bounds on log p(x) are bounds only if every density in them is one or lies below one.

    Checked of a prior with `bound = True`, in 8 x 8 regions of a plane, and of a likelihood with
    `exact = False`, in 64 regions of one value. Any other keeps this law. Check the sign and the
    weights of the terms, and that `sample` draws from the model that the bound is about.
    """
    if component.kind == "prior":
        _prior_lies_below(component)
    else:
        _likelihood_lies_below(component)


def _prior_lies_below(component: ComponentUnderTest) -> None:
    for harness, moved in each_state(component, flat_case(component)):
        if not getattr(harness.object, "bound", False):
            return
        drawn = array(harness.part.sample(DRAWS, 3)).reshape(DRAWS, -1)
        surface = surface_of(harness)
        if surface is None or drawn.shape[1] != 2:
            return
        edges = [np.quantile(drawn[:, i], np.linspace(0, 1, REGIONS + 1)[1:-1]) for i in (0, 1)]
        regions = [
            sum(np.searchsorted(edges[i], z[:, i]) * REGIONS**i for i in (0, 1))
            for z in (drawn, surface.z.astype(np.float64))
        ]
        claimed = np.bincount(regions[1], surface.chance, REGIONS**2)
        _require_less(claimed, np.bincount(regions[0], minlength=REGIONS**2), moved)


def _likelihood_lies_below(component: ComponentUnderTest) -> None:
    for case, harness, moved in single_value_harnesses(component):
        if getattr(harness.object, "exact", True):
            return
        for outputs in list(outputs_of(harness))[:2]:
            seen = OneValue(harness, outputs)
            drawn = array(
                harness.part.sample(ops.convert_to_tensor(np.repeat(outputs, DRAWS, axis=0)), 3)
            ).ravel()
            places, chance = seen.claimed(drawn)
            edges = np.quantile(drawn, np.linspace(0, 1, REGIONS**2 + 1)[1:-1])
            counted = np.bincount(np.searchsorted(edges, drawn), minlength=REGIONS**2)
            claimed = np.bincount(np.searchsorted(edges, places), chance, REGIONS**2)
            _require_less(claimed, counted, f"{moved} ({case.name})")


def _require_less(claimed: np.ndarray, counted: np.ndarray, where: str) -> None:
    share = counted / DRAWS
    # Where the sum of the claim over a region of few grid points is rough, more may be claimed.
    error = np.sqrt(np.maximum(share, 1 / DRAWS) / DRAWS) * SIGMAS + MOST_OVER * share + 1e-3
    over = claimed - share - error
    worst = int(np.argmax(over))
    require(
        float(over[worst]) <= 0,
        f"exp(log_prob) claims {100 * claimed[worst]:.2f} % for a region with "
        f"{100 * share[worst]:.2f} % of the draws{where}",
    )


@law(
    "kl-of-a-bound-is-an-upper-bound",
    "The kl of a prior with `bound = True` is at least the KL divergence from its draws.",
    "prior",
)
def kl_of_a_bound_is_an_upper_bound(component: ComponentUnderTest) -> None:
    """Checked for three posteriors, from the shares of draws and of q in cells of a plane.

    Merging points into cells never raises a KL divergence, so `kl` must not be smaller. Check
    factors of one half and the weights over time steps.
    """
    for harness, moved in each_state(component, flat_case(component)):
        bound = getattr(harness.object, "bound", False) and hasattr(harness.object, "kl")
        if not bound or harness.case.latent_shape != (2,):
            return
        drawn = array(harness.part.sample(DRAWS, 3))
        edges = [np.quantile(drawn[:, i], np.linspace(0, 1, 17)[1:-1]) for i in (0, 1)]
        cells = sum(np.searchsorted(edges[i], drawn[:, i]) * 16**i for i in (0, 1))
        prior = (np.bincount(cells, minlength=256) + 1) / (DRAWS + 256)
        rng = np.random.default_rng(4)
        for _ in range(3):
            mean, log_var = rng.normal(size=2), rng.normal(size=2) - 0.5
            q = np.outer(*(_shares(mean[i], log_var[i], edges[i]) for i in (1, 0))).ravel()
            least = float(np.sum(q * np.log(np.maximum(q, 1e-300) / prior)))
            told = (each[None].astype(np.float32) for each in (mean, mean, log_var))
            kl = closed_kl(Latent(*map(ops.convert_to_tensor, told)), harness.part)
            if kl is None:
                return
            found = float(array(kl).sum())
            require(
                found >= least - 0.02 * abs(least) - 0.02,
                f"kl is {found:.4g}, but the draws show at least {least:.4g}{moved}",
            )


def _shares(mean: float, log_var: float, edges: np.ndarray) -> np.ndarray:
    """The shares of a normal distribution between the edges."""
    spread = math.exp(0.5 * log_var) * math.sqrt(2.0)
    below = [0.0, *(0.5 * (1 + math.erf((edge - mean) / spread)) for edge in edges), 1.0]
    return np.diff(below)


@law(
    "log-prob-of-q-is-log-q",
    "A posterior's log_prob(z, params) equals log_q at its draws.",
    "posterior",
)
def log_prob_of_q_is_log_q(component: ComponentUnderTest) -> None:
    """Estimators that differentiate through z ask for log q(z given x) at any z.

    A posterior without `log_prob` keeps this law. Return in `Latent.params` what decides q.
    """
    for harness, moved in each_state(component, flat_case(component)):
        if not hasattr(harness.object, "log_prob"):
            return
        harness.outputs()
        features = harness.features(harness.inputs(1))
        latent = harness.part(features, samples=64, seed=3)
        told = harness.object.log_prob(latent.z, latent.params)
        gap = np.abs(array(told) - array(latent.log_q))
        allowed = 1e-3 + 1e-4 * np.abs(array(latent.log_q))
        require(
            bool(np.all(gap <= allowed)),
            f"log_prob differs from log_q by up to {gap.max():.3g}{moved}",
        )

"""Refuses parts whose latents do not go together, before training."""

from __future__ import annotations

from vaereg.assembly.does_not_fit import does_not_fit
from vaereg.contracts.latent import Latent
from vaereg.contracts.posterior import Posterior
from vaereg.contracts.prior import Prior
from vaereg.contracts.support import REALS, support_of
from vaereg.declaration.declaration import Declaration


def check_support(declaration: Declaration, posterior: Posterior, prior: Prior) -> None:
    """Refuses a posterior and a prior whose latents lie in different places.

    Raises:
        DeclarationError: placed at the prior, or at the posterior where the prior's latents are
            any real numbers, as they are for most priors.
    """
    drawn, known = support_of(posterior), support_of(prior)
    if drawn == known:
        return
    of_posterior, of_prior = declaration.posterior, declaration.prior
    slot = of_posterior if known == REALS else of_prior
    message = (
        f"latents of {of_posterior.offer.label} lie in {drawn!r}, but those of "
        f"{of_prior.offer.label} in {known!r}"
    )
    hint = (
        "choose a prior and a posterior with the same support; `vaereg components --kind prior` "
        "and `--kind posterior` list them"
    )
    raise does_not_fit(slot, message, hint)


def check_density(declaration: Declaration, latent: Latent) -> None:
    """Refuses an objective with importance weights beside a posterior without a density.

    Raises:
        DeclarationError: placed at the objective.
    """
    objective = declaration.objective
    if latent.log_q is None and "importance" in objective.offer.component.tags:
        message = (
            f"{objective.offer.label} needs the density q(z given x), which "
            f"{declaration.posterior.offer.label} does not provide"
        )
        raise does_not_fit(objective, message, 'use posterior = "gaussian", or objective = "elbo"')

"""The built-in components, offered by the same hook and entry point as any plugin's."""

from __future__ import annotations

from vaereg.basics.augmentations import declared as augmentations
from vaereg.basics.datasets import declared as datasets
from vaereg.basics.decoders import declared as decoders
from vaereg.basics.encoders import declared as encoders
from vaereg.basics.feature_extractors import declared as feature_extractors
from vaereg.basics.likelihoods import declared as likelihoods
from vaereg.basics.metrics import declared as metrics
from vaereg.basics.objectives import declared as objectives
from vaereg.basics.optimizers import declared as optimizers
from vaereg.basics.posteriors import declared as posteriors
from vaereg.basics.priors import declared as priors
from vaereg.basics.regularizers import declared as regularizers
from vaereg.basics.samplers import declared as samplers
from vaereg.component import Component
from vaereg.hookspecs import hookimpl


@hookimpl
def vaereg_components() -> list[Component]:
    """Returns every built-in component."""
    return [
        *encoders.COMPONENTS,
        *posteriors.COMPONENTS,
        *priors.COMPONENTS,
        *decoders.COMPONENTS,
        *likelihoods.COMPONENTS,
        *regularizers.COMPONENTS,
        *objectives.COMPONENTS,
        *samplers.COMPONENTS,
        *optimizers.COMPONENTS,
        *augmentations.COMPONENTS,
        *datasets.COMPONENTS,
        *feature_extractors.COMPONENTS,
        *metrics.COMPONENTS,
    ]

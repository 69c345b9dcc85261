"""The built-in components, offered by the same hook and entry point as any plugin's."""

from __future__ import annotations

from vaereg.basics.declared import (
    datasets,
    decoders,
    encoders,
    features,
    image_and_model_metrics,
    likelihoods,
    metrics,
    objectives,
    posteriors,
    priors,
    regularizers,
    samplers,
)
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
        *datasets.COMPONENTS,
        *features.COMPONENTS,
        *metrics.COMPONENTS,
        *image_and_model_metrics.COMPONENTS,
    ]

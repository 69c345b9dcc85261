"""Metrics by name, as the engine builds them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import vaereg
from vaereg.basics.metrics.declared import COMPONENTS

DECLARED = {component.name: component for component in COMPONENTS}


def built(name: str, **params: Any) -> Any:
    """The built-in metric of distributions of that name."""
    component = DECLARED[name]
    module, attribute = component.factory.split(":")
    factory = getattr(import_module(module), attribute)
    return factory(component.params(**params), vaereg.BuildContext(name=name))


def scores(name: str, evidence: Any, **params: Any) -> Mapping[str, vaereg.Measured]:
    """What a metric measures."""
    found: Mapping[str, vaereg.Measured] = built(name, **params)(evidence)
    return found


def values(name: str, evidence: Any, **params: Any) -> dict[str, float]:
    """The figures that a metric measures."""
    return {score: each.value for score, each in scores(name, evidence, **params).items()}

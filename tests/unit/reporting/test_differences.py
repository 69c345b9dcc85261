"""The settings of runs, of which the report and the table show what differs."""

from __future__ import annotations

import attrs

from tests.helpers.reported_runs import evaluation
from vaereg.reporting.differences import settings_of

SAMPLER = {"use": "vaereg/gaussian_mixture", "components": [1, 2]}


def test_samples_of_another_sampler_have_none_of_the_declared_ones_parameters() -> None:
    declared = {"models": {"m": {"latent": 8, "sampler": SAMPLER}}}
    own = attrs.evolve(evaluation("m"), sampler="vaereg/gaussian_mixture")

    kept = settings_of(declared, own)
    other = settings_of(declared, attrs.evolve(own, sampler="vaereg/prior"))

    assert (kept["sampler"], kept["sampler.components"]) == ("vaereg/gaussian_mixture", "[1, 2]")
    assert other["sampler"] == "vaereg/prior, for these samples"
    assert "sampler.components" not in other and other["latent"] == "8"

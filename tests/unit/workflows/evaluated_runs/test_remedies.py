"""The installed components against a defect of samples."""

from __future__ import annotations

from typing import get_args

import pytest

from vaereg.comparison.verdicts.causes import CauseKind
from vaereg.discovery.discover import discover
from vaereg.workflows.evaluated_runs.remedies import TAG, installed_remedies


@pytest.mark.parametrize(
    ("cause", "named"),
    [
        ("decoder", "regularizer focal_frequency"),
        ("prior", "sampler gaussian_mixture"),
        ("prior", "prior gaussian_mixture"),
    ],
)
def test_built_in_components_are_remedies(cause: CauseKind, named: str) -> None:
    assert named in installed_remedies(cause, {}, discover(no_plugins=True))


def test_components_of_the_model_are_left_out() -> None:
    components = {
        "sampler": {"component": "vaereg/gaussian_mixture"},
        "regularizers.sharper": {"component": "vaereg/focal_frequency"},
    }
    lock = {"components": components}

    found = installed_remedies("prior", lock, discover(no_plugins=True))
    assert "sampler gaussian_mixture" not in found
    assert "prior gaussian_mixture" in found
    assert "regularizer focal_frequency" not in installed_remedies("decoder", lock, discover())


def test_every_remedy_names_a_cause_that_is_reported() -> None:
    tags = {tag for offer in discover().offers() for tag in offer.component.tags}
    kinds = {tag.removeprefix(TAG) for tag in tags if tag.startswith(TAG)}

    assert kinds and kinds <= set(get_args(CauseKind))

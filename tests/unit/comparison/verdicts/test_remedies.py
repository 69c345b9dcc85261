"""The installed components against a defect of samples."""

from __future__ import annotations

from typing import get_args

import pytest

from vaereg.comparison.verdicts.cause_kind import CauseKind
from vaereg.comparison.verdicts.remedies import SETTINGS, TAG, remedies
from vaereg.discovery.discover import discover


@pytest.mark.parametrize(
    ("cause", "named"),
    [
        ("decoder", "regularizer focal_frequency"),
        ("prior", "sampler gaussian_mixture"),
        ("prior", "prior gaussian_mixture"),
        ("texture", "decoder resnet"),
        ("copies", "train.early_stopping"),
    ],
)
def test_built_in_components_are_remedies(cause: CauseKind, named: str) -> None:
    assert named in remedies(cause, {}, discover(no_plugins=True), "image")


def test_components_of_the_model_are_left_out() -> None:
    components = {
        "sampler": {"component": "vaereg/gaussian_mixture"},
        "regularizers.sharper": {"component": "vaereg/focal_frequency"},
    }
    lock = {"components": components}

    found = remedies("prior", lock, discover(no_plugins=True), "image")
    assert "sampler gaussian_mixture" not in found
    assert "prior gaussian_mixture" in found
    assert "regularizer focal_frequency" not in remedies("decoder", lock, discover(), "image")


def test_every_remedy_names_a_cause_that_is_reported() -> None:
    tags = {tag for offer in discover().offers() for tag in offer.component.tags}
    kinds = {tag.removeprefix(TAG) for tag in tags if tag.startswith(TAG)}

    assert kinds and kinds <= set(get_args(CauseKind))


def test_components_for_other_data_are_left_out() -> None:
    of_vectors = remedies("decoder", {}, discover(), "vector")

    assert "likelihood gaussian_optimal_variance" in of_vectors
    assert not {"regularizer focal_frequency", "discriminator patch"} & set(of_vectors)


def test_every_cause_has_a_remedy() -> None:
    assert set(SETTINGS) == set(get_args(CauseKind))
    for cause in get_args(CauseKind):
        assert remedies(cause, {}, discover(no_plugins=True), "image"), cause

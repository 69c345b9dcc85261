from pathlib import Path

import attrs
import numpy as np
import pytest

import vaereg
from vaereg.assembly.build_component import build_component
from vaereg.basics.feature_extractors.pixels import Pixels
from vaereg.discovery.discover import discover
from vaereg.evaluation.evidence import extractors
from vaereg.evaluation.evidence.cache import Cache
from vaereg.evaluation.evidence.extractors import (
    ChosenExtractor,
    choose_extractors,
    default_slot,
    fit_extractor,
)
from vaereg.host.progress import Progress

IMAGES = vaereg.DataSpec(form="image", shape=(28, 28, 1), classes=10)
PLAIN = attrs.evolve(IMAGES, classes=None)
VECTORS = vaereg.DataSpec(form="vector", shape=(4,), value_range=None)
SERIES = vaereg.DataSpec(form="sequence", shape=(20, 3), value_range=None)


@pytest.fixture(scope="module")
def catalog():
    return discover()


def names(catalog, spec, *, held=(), wish=("auto",), most=0):
    chosen, warnings = choose_extractors(wish, catalog, spec, Cache(Path()), held=held, most=most)
    return [each.slot.offer.name for each in chosen], warnings


@pytest.mark.parametrize(
    ("spec", "chosen"),
    [
        (IMAGES, ["classifier", "efficientnet_lite0", "local_texture"]),
        (PLAIN, ["efficientnet_lite0", "local_texture"]),
        (attrs.evolve(IMAGES, classes=1), ["efficientnet_lite0", "local_texture"]),
        (
            attrs.evolve(IMAGES, shape=(32, 32, 3)),
            ["classifier", "efficientnet_lite0", "local_texture"],
        ),
        (attrs.evolve(IMAGES, shape=(32, 32, 4)), ["classifier", "local_texture"]),
        (VECTORS, ["pixels", "ranks"]),
        (attrs.evolve(VECTORS, classes=3), ["classifier", "pixels"]),
        (SERIES, ["pixels", "ranks"]),
        (attrs.evolve(SERIES, classes=3), ["pixels", "ranks"]),
    ],
)
def test_auto_takes_the_extractors_that_the_data_allows(catalog, spec, chosen):
    found, warnings = names(catalog, spec)

    assert found == chosen
    assert not warnings


@pytest.mark.parametrize(
    ("spec", "held", "chosen"),
    [
        (attrs.evolve(VECTORS, classes=3), "classifier", ["classifier", "pixels", "ranks"]),
        (attrs.evolve(VECTORS, classes=3), "pixels", ["classifier", "pixels", "ranks"]),
        (attrs.evolve(VECTORS, classes=3), "ranks", ["classifier", "pixels"]),
        (IMAGES, "classifier", ["classifier", "efficientnet_lite0", "local_texture"]),
    ],
)
def test_a_further_extractor_takes_the_place_of_one_held_in_training(catalog, spec, held, chosen):
    assert names(catalog, spec, held={held})[0] == chosen


@pytest.mark.parametrize(
    ("shape", "classes", "chosen"),
    [
        ((8, 8, 1), None, ["pixels"]),
        ((8, 8, 1), 10, ["classifier"]),
        ((32, 32, 5), None, ["local_texture"]),
    ],
)
def test_images_that_fit_fewer_than_two_spaces_get_a_warning_with_the_reason(
    catalog, shape, classes, chosen
):
    found, (warning,) = names(catalog, attrs.evolve(PLAIN, shape=shape, classes=classes))

    assert found == chosen
    assert "a verdict needs 2 feature spaces" in warning
    assert "extractor 'efficientnet_lite0' takes images" in warning


def test_an_extractor_named_twice_is_used_once(catalog):
    wish = (default_slot(catalog, "pixels"), default_slot(catalog, "pixels"), "auto")

    assert names(catalog, PLAIN, wish=wish)[0] == ["pixels", "efficientnet_lite0", "local_texture"]


def test_fewer_extractors_are_chosen_on_demand_without_a_warning(catalog):
    assert names(catalog, IMAGES, most=1) == (["classifier"], ())
    assert names(catalog, SERIES, most=1) == (["pixels"], ())
    assert names(catalog, attrs.evolve(PLAIN, shape=(8, 8, 1)), most=1) == (["pixels"], ())


@pytest.fixture
def built(monkeypatch):
    """The names of the extractors, in the order in which they are built."""
    found = []

    def recorded(slot, context, contract):
        found.append(slot.offer.name)
        return build_component(slot, context, contract)

    monkeypatch.setattr(extractors, "build_component", recorded)
    return found


class Table:
    """Training vectors, as far as extractors read them."""

    spec, digest = VECTORS, "d"

    def __init__(self):
        self.train = self

    def __len__(self):
        return 60

    def take(self, rows):
        return np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)[rows]


def fitted(chosen, folder):
    quiet = Progress(quiet=True)
    return [fit_extractor(each, Table(), VECTORS, Cache(folder), quiet) for each in chosen]


def test_an_extractor_that_was_built_to_see_whether_it_fits_is_not_built_again(
    catalog, tmp_path, built
):
    for _ in range(2):  # fitted, then restored
        chosen, _ = choose_extractors(("auto",), catalog, VECTORS, Cache(tmp_path))
        found = fitted(chosen, tmp_path)

    assert built == ["pixels", "ranks"] * 2
    assert [each.extractor for each in found] == [each.built for each in chosen]


def refuse(self, state):
    raise vaereg.RunError("this state does not fit")


def test_an_extractor_that_refuses_its_state_is_built_and_fitted_anew(
    catalog, tmp_path, built, monkeypatch
):
    chosen = ChosenExtractor(default_slot(catalog, "pixels"))
    (before,) = fitted([chosen], tmp_path)
    monkeypatch.setattr(Pixels, "restore", refuse)
    (after,) = fitted([chosen], tmp_path)

    assert built == ["pixels"] * 3
    assert after.identity == before.identity

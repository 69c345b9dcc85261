import attrs
import pytest

import vaereg
from vaereg.discovery.discover import discover
from vaereg.evaluation.evidence.extractors import choose_extractors, default_slot

IMAGES = vaereg.DataSpec(form="image", shape=(28, 28, 1), classes=10)
PLAIN = attrs.evolve(IMAGES, classes=None)
VECTORS = vaereg.DataSpec(form="vector", shape=(4,), value_range=None)
SERIES = vaereg.DataSpec(form="sequence", shape=(20, 3), value_range=None)


@pytest.fixture(scope="module")
def catalog():
    return discover()


def names(catalog, spec, *, held=(), wish=("auto",)):
    slots, warnings = choose_extractors(wish, catalog, spec, held=held)
    return [slot.offer.name for slot in slots], warnings


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

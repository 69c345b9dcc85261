import attrs
import pytest

import vaereg
from vaereg.discovery.discover import discover
from vaereg.evaluation.evidence import extractors
from vaereg.evaluation.evidence.extractors import choose_extractors, default_slot

IMAGES = vaereg.DataSpec(form="image", shape=(28, 28, 1), classes=10)
PLAIN = attrs.evolve(IMAGES, classes=None)
VECTORS = vaereg.DataSpec(form="vector", shape=(4,), value_range=None)


@pytest.fixture(scope="module")
def catalog():
    return discover()


@pytest.fixture
def perceptual(monkeypatch):
    """Pretends that the weights of EfficientNet-Lite0 are installed, or not."""

    def pretend(there):
        monkeypatch.setattr(extractors, "find_spec", lambda name: name if there else None)

    return pretend


def names(catalog, spec, *, thorough=False, wish=("auto",)):
    slots, warnings = choose_extractors(wish, catalog, spec, thorough=thorough)
    return [slot.offer.name for slot in slots], warnings


@pytest.mark.parametrize(
    ("spec", "there", "thorough", "chosen"),
    [
        (IMAGES, True, False, ["classifier"]),
        (IMAGES, True, True, ["classifier", "efficientnet_lite0"]),
        (IMAGES, False, True, ["classifier"]),
        (PLAIN, True, False, ["efficientnet_lite0"]),
        (PLAIN, False, False, ["pixels"]),
        (attrs.evolve(IMAGES, classes=1), False, False, ["pixels"]),
        (VECTORS, True, True, ["pixels"]),
        (attrs.evolve(VECTORS, classes=3), True, True, ["classifier"]),
    ],
)
def test_auto_takes_the_best_that_the_data_allows(
    catalog, perceptual, spec, there, thorough, chosen
):
    perceptual(there)

    assert names(catalog, spec, thorough=thorough)[0] == chosen


def test_the_fallback_gives_a_warning_that_says_what_to_install(catalog, perceptual):
    perceptual(False)

    (warning,) = names(catalog, PLAIN)[1]

    assert "principal components" in warning
    assert "vaereg[perceptual]" in warning
    assert not names(catalog, IMAGES)[1]


def test_vector_data_gets_no_warning_about_image_networks(catalog, perceptual):
    perceptual(False)

    assert "perceptual" not in names(catalog, VECTORS)[1][0]


def test_an_extractor_named_twice_is_used_once(catalog, perceptual):
    perceptual(False)
    wish = (default_slot(catalog, "pixels"), default_slot(catalog, "pixels"), "auto")

    assert names(catalog, IMAGES, wish=wish)[0] == ["pixels", "classifier"]

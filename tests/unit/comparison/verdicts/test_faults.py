import pytest

from tests.helpers.evaluations import make_score
from vaereg.comparison.verdicts.faults import fault, gap, is_bad

REFERENCE = {"reference": 0.1, "reference_low": 0.05, "reference_high": 0.15}


def distance(name, value, half=0.05, **fields):
    return make_score(
        name, value, low=value - half, high=value + half, **{"direction": -1, **REFERENCE, **fields}
    )


def divided(samples, reconstructions, half=0.05):
    found = (distance("d", samples, half), distance("d_reconstructed", reconstructions, half))
    return fault({each.name: each for each in found}, "d")


def test_what_reconstructions_lack_too_is_the_decoders_part():
    found = divided(1.1, 0.4)

    assert found.samples == pytest.approx(1.0)
    assert found.reconstructions == pytest.approx(0.3)
    assert (found.decoder, found.prior) == pytest.approx((0.3, 0.7))
    assert found.sure_of_decoder and found.sure_of_prior


@pytest.mark.parametrize(
    ("samples", "reconstructions", "half", "sure"),
    [
        (1.1, 0.08, 0.05, (False, True)),  # reconstructions are like real data
        (1.1, 1.3, 0.05, (True, False)),  # they are no better than samples
        (1.1, 1.05, 0.05, (True, False)),  # the difference may be noise
        (1.1, 0.4, 0.4, (False, False)),
    ],
)
def test_a_part_that_may_be_noise_is_not_sure(samples, reconstructions, half, sure):
    found = divided(samples, reconstructions, half)

    assert (found.sure_of_decoder, found.sure_of_prior) == sure
    assert 0.0 <= found.decoder <= 1.0


def test_a_score_as_good_as_that_of_real_data_is_nobodys_fault():
    assert divided(0.15, 0.1) is None


def test_without_a_twin_nobody_is_blamed():
    assert fault({"d": distance("d", 1.1)}, "d") is None
    assert fault({}, "d") is None


def test_the_twin_is_of_the_same_space():
    here = distance("d_eyes", 1.1, extractor="eyes")
    there = distance("d_reconstructed_ears", 0.4, extractor="ears")

    assert fault({each.name: each for each in (here, there)}, "d_eyes") is None


@pytest.mark.parametrize(
    ("value", "fields", "bad"),
    [
        (0.3, {"direction": -1}, True),
        (0.3, {"direction": 1}, False),
        (-0.2, {"direction": 1}, True),
        (0.18, {"direction": -1}, False),  # the intervals overlap
        (0.9, {"direction": 0, "ideal": 0.5, "share": True}, False),  # real data is as far off
        (1.1, {"direction": 0, "ideal": 0.5, "share": True}, True),
        (9.0, {"direction": 0}, False),  # no value is better
        (9.0, {"direction": -1, "reference": None}, False),
    ],
)
def test_a_score_is_bad_beyond_the_interval_of_real_data(value, fields, bad):
    assert is_bad(distance("d", value, **fields)) == bad


def test_an_interval_around_the_ideal_is_not_bad():
    around = distance("d", 0.5, half=0.3, direction=0, ideal=0.6, reference=0.6)

    assert not is_bad(around)
    assert gap(around) == pytest.approx(0.1)

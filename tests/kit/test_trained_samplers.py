"""The kit finds faults of samplers that are trained by steps, and passes sound ones."""

import pytest

from tests.helpers.broken_law import broken
from tests.helpers.made_component import under_test
from tests.kit.faulty_trained_samplers import TRAINED
from vaereg.testing import LAWS, NotHere, checks_for

BY_ID = {law.id: law for law in LAWS}


def trained(name, given=()):
    return under_test("sampler", f"faulty_trained_samplers:{name}", given=given)


@pytest.mark.parametrize(("law_id", "name", "found", "given"), TRAINED)
def test_a_fault_of_a_trained_sampler_is_caught(law_id, name, found, given):
    with broken(found) as caught:
        BY_ID[law_id](trained(name, given))
    assert f"`{law_id}`" in str(caught.value)


TRAINS_LONG = ("samples-follow-their-conditions", "training-lowers-the-loss-of-a-sampler")


def marks(name, law):
    return (pytest.mark.slow,) if name.startswith("Told") and law.id in TRAINS_LONG else ()


SOUND = [("SoundTrainedSampler", ()), ("ToldTrainedSampler", ("label",))]


@pytest.mark.parametrize(
    ("name", "given", "law"),
    [
        pytest.param(name, given, law, id=f"{name}-{law.id}", marks=marks(name, law))
        for name, given in SOUND
        for law in checks_for(trained(name, given).offer)
    ],
)
def test_a_sound_trained_sampler_keeps_the_law(name, given, law):
    law(trained(name, given))


@pytest.mark.slow
def test_two_exchanged_classes_are_caught():
    with broken("cosine is -"):
        BY_ID["samples-follow-their-conditions"](trained("ExchangesTwoClasses", ("label",)))


@pytest.mark.slow
def test_a_sampler_whose_draws_do_not_move_is_not_judged():
    with pytest.raises(NotHere, match="undecided: draws hardly moved"):
        BY_ID["samples-follow-their-conditions"](trained("LearnsWithoutMoving", ("label",)))

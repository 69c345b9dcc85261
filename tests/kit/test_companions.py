"""The kit builds the companions of a component, and tells what it cannot decide without them."""

from __future__ import annotations

import pytest

import vaereg
from tests.kit.faulty_companions import Installed
from vaereg.testing import LAWS, Law, NotHere, checks_for

BY_ID = {law.id: law for law in LAWS}
INSTALLED = Installed()
QUICK = {
    ("ladder", "takes-the-data-it-declares"),
    ("of_ladders", "kl-is-what-samples-say"),
    ("mirror", "takes-the-data-it-declares"),
    ("widens", "a-gradient-reaches-the-model"),
}
"""The laws that look at companions, each in another way."""


def laws_of(name: str) -> tuple[Law, ...]:
    return checks_for(INSTALLED.under_test(name).offer)


@pytest.mark.parametrize(
    ("name", "law"),
    [
        pytest.param(
            name,
            law,
            id=f"{name}-{law.id}",
            marks=[] if (name, law.id) in QUICK else [pytest.mark.slow],
        )
        for name in ("ladder", "of_ladders", "mirror", "widens", "one_shape")
        for law in laws_of(name)
    ],
)
def test_a_sound_component_with_its_companions_keeps_the_law(name: str, law: Law) -> None:
    law(Installed(one_shape={"image"}).under_test(name))


@pytest.mark.parametrize(
    ("law_id", "name", "found"),
    [
        ("kl-is-what-samples-say", "of_ladders_twice", "for draws of its posterior"),
        ("log-q-is-the-density-of-z", "without_its_constant", r"h\(z\) / q\(z\)"),
        pytest.param(
            "takes-the-data-it-declares",
            "fails",
            "it refused all image data",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_fault_beside_companions_is_caught(law_id: str, name: str, found: str) -> None:
    with pytest.raises(vaereg.ContractError, match=found):
        BY_ID[law_id](Installed(fails={"image"}).under_test(name))


@pytest.mark.parametrize("name", ["mirror", "of_ladders"])
def test_a_companion_that_is_not_installed_is_told_in_one_sentence(name: str) -> None:
    alone = Installed(without=("pyramid",))
    told = set()
    for law in checks_for(alone.under_test(name).offer):
        if law.level != "static":
            with pytest.raises(NotHere) as skipped:
                law(alone.under_test(name))
            told.add(str(skipped.value.__cause__))
    (reason,) = told
    if name == "mirror":
        assert reason == (
            "not checked, because it works only with the encoder `pyramid`, which no installed "
            "distribution offers; install the one that does"
        )
    else:
        wanted = "the posterior `ladder`, which works only with the encoder `pyramid`, which no"
        assert wanted in reason


def test_a_form_that_only_a_companion_refuses_is_undecided() -> None:
    component = INSTALLED.under_test("mirror_of_images")
    reason = "undecided for vector data: the encoder `of_images`, with which it works, refuses it"
    with pytest.raises(NotHere, match=reason):
        BY_ID["takes-the-data-it-declares"](component)
    BY_ID["outputs-are-finite"](component)


def test_the_shapes_that_a_refusal_names_are_tried() -> None:
    component = Installed(one_shape={"image"}).under_test("one_shape")
    BY_ID["takes-the-data-it-declares"](component)
    (case,) = {each.latent_shape for each in component.shared("first calls", dict).by_case}
    assert case == (5, 5, 6)


def test_a_shape_that_was_not_tried_leaves_the_laws_undecided() -> None:
    component = INSTALLED.under_test("no_shape")
    reason = r"undecided: it refused every size of data.*latents have 900 values"
    for law_id in ("takes-the-data-it-declares", "outputs-are-finite", "training-stays-finite"):
        with pytest.raises(NotHere, match=reason):
            BY_ID[law_id](component)

"""Which component a name means, and the error for a name that means none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.helpers.fake_distributions import simple_plugin
from vaereg.component import Component, Offer
from vaereg.contracts.catalog import UnknownName
from vaereg.contracts.plugin_policy import PluginPolicy
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.records import PluginRecord
from vaereg.errors import Place, PluginError


def plugin(
    distribution: str,
    *names: str,
    kind: str = "regularizer",
    status: str = "ok",
    version: str = "1.0",
) -> PluginRecord:
    """A record that offers components with these names."""
    offers = tuple(
        Offer(
            component=Component(kind=kind, name=name, factory="a:b"),
            distribution=distribution,
            version=version,
        )
        for name in names
    )
    return PluginRecord(
        distribution=distribution,
        version=version,
        entry="e",
        value="a",
        status=status,
        offers=offers,
        reason="" if status == "ok" else "for a test",
    )


def test_a_short_name_works_if_it_is_unique_and_a_full_name_always() -> None:
    catalog = Catalog([plugin("a", "mmd"), plugin("b", "focal")])

    assert catalog.find("regularizer", "mmd").distribution == "a"
    assert catalog.find("regularizer", "b/focal").distribution == "b"
    assert catalog.find("regularizer", "B/focal").distribution == "b"


def test_the_error_for_a_name_of_two_distributions_gives_both_and_the_remedy() -> None:
    catalog = Catalog([plugin("a", "mmd"), plugin("b", "mmd")])

    with pytest.raises(UnknownName) as caught:
        catalog.find("regularizer", "mmd")

    assert "a/mmd, b/mmd" in caught.value.message
    assert 'prefer = { "regularizer.mmd" = "a" }' in caught.value.hint
    assert not caught.value.broken
    assert catalog.find("regularizer", "b/mmd").distribution == "b"


def test_prefer_decides_which_of_two_distributions_a_name_means() -> None:
    catalog = Catalog([plugin("a", "mmd"), plugin("b", "mmd")], prefer={"regularizer.mmd": "B"})

    assert catalog.find("regularizer", "mmd").distribution == "b"
    assert catalog.shadowed(catalog.find("regularizer", "a/mmd")).startswith("`mmd` means `b/mmd`")


def test_a_preference_for_a_missing_component_is_a_warning() -> None:
    (warning,) = Catalog([plugin("a", "mmd")], prefer={"regularizer.mmd": "c"}).warnings

    assert "`c` for `regularizer.mmd`" in warning


def test_a_built_in_component_keeps_its_short_name() -> None:
    catalog = Catalog([plugin("a", "mmd"), plugin("vaereg", "mmd")])

    assert catalog.find("regularizer", "mmd").distribution == "vaereg"
    assert catalog.find("regularizer", "a/mmd").distribution == "a"


def test_the_same_name_in_two_kinds_is_no_clash() -> None:
    catalog = Catalog([plugin("a", "dense", kind="encoder"), plugin("b", "dense", kind="decoder")])

    assert catalog.find("decoder", "dense").distribution == "b"


def test_the_error_for_an_unknown_name_gives_the_closest_and_the_installed_names() -> None:
    catalog = Catalog([plugin("a", "focal_frequency", "mmd")])

    with pytest.raises(UnknownName) as caught:
        catalog.find("regularizer", "focal_freqency")

    assert 'did you mean "focal_frequency"?' in caught.value.hint
    assert "installed: focal_frequency, mmd" in caught.value.hint
    assert not caught.value.broken


def test_no_more_than_twelve_names_are_listed() -> None:
    catalog = Catalog([plugin("a", *(f"name_{letter}" for letter in "abcdefghijklmn"))])

    with pytest.raises(UnknownName) as caught:
        catalog.find("regularizer", "something")

    assert "name_l and 2 more" in caught.value.hint
    assert "name_m" not in caught.value.hint


def test_the_error_for_a_name_of_another_kind_says_so() -> None:
    catalog = Catalog([plugin("a", "vamp", kind="prior")])

    with pytest.raises(UnknownName, match="no posterior is named `vamp`") as caught:
        catalog.find("posterior", "vamp")

    assert "`vamp` is the name of a prior" in caught.value.hint


def test_the_names_of_kinds_have_the_right_article() -> None:
    catalog = Catalog([plugin("a", "dense", kind="encoder"), plugin("b", "dense", kind="decoder")])

    with pytest.raises(UnknownName) as caught:
        catalog.find("prior", "dense")

    assert "`dense` is the name of an encoder and of a decoder" in caught.value.hint


@pytest.mark.parametrize("status", ["incompatible", "broken"])
def test_the_error_for_a_name_of_an_unusable_plugin_names_the_plugin(status: str) -> None:
    catalog = Catalog([plugin("a", "mmd", status=status, version="2.0")])

    with pytest.raises(UnknownName) as caught:
        catalog.find("regularizer", "mmd")

    assert f"offered by a 2.0, which is {status}: for a test" in caught.value.hint
    assert caught.value.broken


def test_a_blocked_plugin_that_may_offer_the_name_is_mentioned() -> None:
    catalog = Catalog([plugin("a", status="blocked"), plugin("b", "mmd")])

    with pytest.raises(UnknownName) as caught:
        catalog.find("regularizer", "sharpness")

    assert "it may be in a 1.0, which is blocked" in caught.value.hint
    assert caught.value.broken


def test_the_error_for_a_full_name_of_a_blocked_plugin_gives_the_reason() -> None:
    with pytest.raises(UnknownName) as caught:
        Catalog([plugin("a", status="blocked")]).find("regularizer", "a/mmd")

    assert "a 1.0 is blocked: for a test" in caught.value.hint
    assert caught.value.broken


def test_the_error_for_a_full_name_of_a_missing_plugin_says_how_to_install_it() -> None:
    with pytest.raises(UnknownName) as caught:
        Catalog([plugin("a", "mmd")]).find("regularizer", "vaereg-plugin-z/mmd")

    assert "python -m pip install vaereg-plugin-z" in caught.value.hint
    assert caught.value.broken


def test_offers_are_sorted_by_kind_name_and_distribution() -> None:
    catalog = Catalog(
        [plugin("b", "mmd"), plugin("a", "mmd", "focal"), plugin("c", "dense", kind="encoder")]
    )

    assert [each.full_name for each in catalog.offers()] == ["c/dense", "a/focal", "a/mmd", "b/mmd"]
    assert [each.full_name for each in catalog.offers("encoder")] == ["c/dense"]


@pytest.mark.parametrize(
    ("requirement", "complaint"),
    [
        ("a>=0.5", ""),
        ("A", ""),
        ("a>=2", 'version 1.0 is installed; run `python -m pip install "a>=2"`'),
        ("z>=0.1", 'it is not installed; run `python -m pip install "z>=0.1"`'),
        ("b", "b 1.0 is blocked: for a test"),
        ("a>>1", "it is not a valid requirement"),
        ('z; python_version < "3"', ""),
    ],
)
def test_a_plugin_that_the_file_requires_must_be_usable(requirement: str, complaint: str) -> None:
    catalog = Catalog([plugin("a", "mmd"), plugin("b", status="blocked")], require=[requirement])

    if not complaint:
        catalog.check_requirements()
        return
    with pytest.raises(PluginError) as caught:
        catalog.check_requirements()

    assert complaint in str(caught.value)


def test_all_unmet_requirements_are_reported_at_once() -> None:
    with pytest.raises(PluginError) as caught:
        Catalog([], require=["y", "z"]).check_requirements(Place("registry.toml", 2, 11))

    assert str(caught.value).count("not installed") == 2
    assert "--> registry.toml:2:11" in str(caught.value)


def test_the_policy_of_the_file_reaches_the_catalog(folder: Path, found: Any) -> None:
    for name in ("vaereg-plugin-a", "vaereg-plugin-b"):
        simple_plugin(folder, name, ("regularizer", "shared"))

    policy = PluginPolicy(
        prefer={"regularizer.shared": "vaereg-plugin-b"}, require=("vaereg-plugin-a>=3",)
    )
    catalog = found(policy)

    assert catalog.find("regularizer", "shared").distribution == "vaereg-plugin-b"
    with pytest.raises(PluginError, match=r"version 1\.0 is installed"):
        catalog.check_requirements()

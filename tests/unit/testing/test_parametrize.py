"""The tests that a plugin author's one line creates, and its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

import vaereg
from vaereg.component import Offer
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.records import PluginRecord
from vaereg.testing import checks_for, components_under_test, parametrize_with_checks


@attrs.frozen
class Params:
    path: str = vaereg.param(vaereg.REQUIRED, "a file")


def catalog(status: str = "ok", **record: Any) -> Catalog:
    component = vaereg.Component(
        kind="sampler", name="made", params=Params, factory="acme.made:Made", summary="Made."
    )
    offer = Offer(component=component, distribution="acme-vae", version="1.0", entry="acme")
    return Catalog(
        [
            PluginRecord(
                distribution="acme-vae",
                version="1.0",
                entry="acme",
                value="acme.plugin",
                status=status,
                offers=(offer,),
                **record,
            )
        ]
    )


def cases(**options: Any) -> list[Any]:
    return list(parametrize_with_checks("acme-vae", catalog=catalog(), **options).args[1])


def test_each_pair_of_component_and_law_has_an_id() -> None:
    (component,) = components_under_test("acme-vae", catalog=catalog())
    wanted = [f"sampler/made-{law.id}" for law in checks_for(component.offer)]
    assert [case.id for case in cases()] == wanted
    assert "sampler/made-restored-samplers-are-equal" in wanted


def test_a_subject_knows_its_plugins_module() -> None:
    (component,) = components_under_test("acme-vae", catalog=catalog())
    assert component.module == "acme.plugin"


def test_fast_leaves_out_the_slow_laws() -> None:
    (component,) = components_under_test("acme-vae", catalog=catalog())
    slow = [law.id for law in checks_for(component.offer) if law.slow]
    assert slow
    wanted = [f"sampler/made-{law.id}" for law in checks_for(component.offer, fast=True)]
    found = cases(fast=True, expected_failures={slow[0]: "not tried"})
    assert [case.id for case in found] == wanted
    assert not any(case.id.endswith(tuple(slow)) for case in found)


@pytest.mark.parametrize("key", ["samples-are-latents", "sampler/made:samples-are-latents"])
def test_an_expected_failure_is_strict_and_told(key: str) -> None:
    marked = {case.id: case.marks for case in cases(expected_failures={key: "made so"})}
    (mark,) = marked.pop("sampler/made-samples-are-latents")
    assert (mark.name, mark.kwargs) == ("xfail", {"reason": "made so", "strict": True})
    assert not any(marked.values())


def test_an_expected_failure_that_names_no_check_is_refused() -> None:
    with pytest.raises(ValueError, match="samples-are-latents"):
        cases(expected_failures={"samples-are-latent": "misspelt"})


def test_an_expected_failure_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        cases(expected_failures={"samples-are-latents": " "})


def test_fewer_checks_than_the_minimum_are_an_error() -> None:
    count = len(cases())
    assert len(cases(minimum=count)) == count
    with pytest.raises(vaereg.PluginError, match=rf"{count} checks of 1 component.*={count + 1}"):
        cases(minimum=count + 1)


def test_a_distribution_may_be_written_as_python_writes_it() -> None:
    (component,) = components_under_test("Acme_VAE", catalog=catalog())
    assert component.offer.name == "made"


def test_parameters_may_be_made_in_a_folder() -> None:
    (component,) = components_under_test(
        "acme-vae",
        catalog=catalog(),
        params={"sampler/made": lambda folder: {"path": str(folder / "x")}},
    )
    assert component.params.path == str(component.folder / "x")


def test_parameters_for_a_component_that_is_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="sampler/mode"):
        cases(params={"sampler/mode": {}})


def test_a_distribution_that_is_not_installed_is_an_error_and_not_an_empty_success() -> None:
    with pytest.raises(vaereg.PluginError, match=r"other-vae.*installed: acme-vae"):
        parametrize_with_checks("other-vae", catalog=catalog())


def test_a_broken_plugin_is_an_error_with_its_reason() -> None:
    broken = catalog("broken", reason="ImportError: no tea")
    with pytest.raises(vaereg.PluginError, match="no tea"):
        parametrize_with_checks("acme-vae", catalog=broken)


def test_the_built_in_components_are_found_by_the_same_line() -> None:
    names = {(s.kind, s.offer.name) for s in components_under_test("vaereg")}
    assert {("regularizer", "mmd"), ("objective", "iwae"), ("sampler", "prior")} <= names


def test_pytest_reports_a_law_that_cannot_be_tried_as_skipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_law_not_tried.py").write_text(  # a module's name stays imported
        "from vaereg.testing import NotHere\n"
        "def test_contract():\n"
        "    raise NotHere('there is no file weights.npz')\n"
    )
    plain = ("-p", "no:vaereg", "-p", "no:cacheprovider", "-p", "no:xdist")
    pytest.main([*plain, "-rs", f"--rootdir={tmp_path}", str(tmp_path)])

    told = capsys.readouterr().out
    assert "1 skipped" in told
    assert "there is no file weights.npz" in told

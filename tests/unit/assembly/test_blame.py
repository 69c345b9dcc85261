"""An exception of a component becomes an error of vaereg that names the component."""

from __future__ import annotations

import os
from pathlib import Path

import attrs
import pytest

import vaereg
from tests.helpers import tiny_vae
from vaereg.assembly.blame import blamed_for_reading, blaming, reading
from vaereg.component import Component, Offer
from vaereg.errors import Place


def slot(version="2.1", distribution="acme-vae"):
    component = Component(kind="encoder", name="deep", factory=f"{__name__}:slot")
    offer = Offer(component=component, distribution=distribution, version=version)
    place = Place("registry.toml", 7, 3, 'encoder = "deep"', 5)
    return attrs.evolve(tiny_vae.slot("encoder", "encoder"), offer=offer, place=place)


def test_a_slot_is_described_by_kind_name_and_version():
    assert slot().offer.label == 'encoder "deep" (acme-vae 2.1)'
    assert slot("", "given in parts").offer.label == 'encoder "deep" (given in parts)'


def test_a_value_error_becomes_a_problem_of_the_declaration_at_its_place():
    with pytest.raises(vaereg.DeclarationError) as caught, blaming(slot(), "cannot be built"):
        raise ValueError("needs images of at least 8 pixels")

    (problem,) = caught.value.problems
    assert problem.place.line == 7
    assert problem.path == "encoder"
    assert problem.message == (
        'encoder "deep" (acme-vae 2.1) cannot be built: needs images of at least 8 pixels'
    )


def test_any_other_exception_is_reported_as_a_bug_in_the_distribution():
    with pytest.raises(vaereg.PluginError) as caught, blaming(slot(), "cannot be used"):
        raise KeyError("width")

    message = str(caught.value)
    assert message.startswith('encoder "deep" (acme-vae 2.1) cannot be used: KeyError')
    assert "a bug in acme-vae; report it there" in message
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_bug_in_a_part_from_the_caller_is_not_blamed_on_a_distribution():
    given = slot(version="", distribution="given in parts")

    due = pytest.raises(vaereg.PluginError, match="bug in the part that you gave")
    with due, blaming(given, "cannot be used"):
        raise TypeError("no")


def test_a_component_that_changes_the_current_folder_changes_it_for_itself_alone(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    with blaming(slot(), "cannot be built"):
        os.chdir("data")
    assert Path.cwd() == tmp_path


def test_an_error_of_vaereg_passes_as_it_is():
    error = vaereg.DataError("the file is empty")

    with pytest.raises(vaereg.DataError) as caught, blaming(slot(), "cannot be built"):
        raise error

    assert caught.value is error


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("Unable to allocate 14.6 TiB"),
        type("ResourceExhaustedError", (Exception,), {})("OOM"),
        RuntimeError("RESOURCE_EXHAUSTED: 8 TB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: 8 TB"),
    ],
)
def test_too_little_memory_is_no_bug_of_a_component(error):
    with pytest.raises(vaereg.DeclarationError) as caught, blaming(slot(), "cannot be built"):
        raise error

    (problem,) = caught.value.problems
    assert problem.place.line == 7 and "out of memory" in problem.message
    assert problem.hint.startswith("choose smaller sizes")


def test_a_long_message_is_cut_after_six_lines():
    with pytest.raises(vaereg.PluginError) as caught, blaming(slot(), "cannot be used"):
        raise RuntimeError("\n".join(f"line {number}" for number in range(1, 20)))

    assert "line 6" in str(caught.value)
    assert "line 7" not in str(caught.value)


class PanicError(BaseException):
    """What is no Exception, such as the panic of an extension."""


@pytest.mark.parametrize("fault", [SystemExit(0), PanicError("index out of bounds")])
def test_what_would_end_the_process_is_a_bug_in_the_distribution_too(fault):
    with pytest.raises(vaereg.PluginError, match="a bug in acme-vae"), blaming(slot(), "fails"):
        raise fault


def test_ctrl_c_is_no_fault_of_a_component():
    with pytest.raises(KeyboardInterrupt), blaming(slot(), "fails"):
        raise KeyboardInterrupt


@pytest.mark.parametrize("error", [KeyError("row"), SystemExit(0), RuntimeError("no")])
def test_an_exception_of_a_split_names_the_dataset(error):
    named = blamed_for_reading(slot(), error)
    assert isinstance(named, vaereg.PluginError) and "acme-vae 2.1" in str(named)
    with pytest.raises(vaereg.PluginError, match="cannot be read"), reading(slot()):
        raise error


@pytest.mark.parametrize("error", [FileNotFoundError("x.png"), MemoryError(), KeyboardInterrupt()])
def test_a_file_that_is_gone_or_too_little_memory_is_no_fault_of_the_dataset(error):
    assert blamed_for_reading(slot(), error) is error
    with pytest.raises(type(error)), reading(slot()):
        raise error

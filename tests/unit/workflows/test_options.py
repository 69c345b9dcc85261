"""Options as values: errors of the front door's functions about wrong values."""

from pathlib import Path

import pytest

from vaereg.errors import UsageError
from vaereg.workflows.options import (
    read_folder,
    read_no_plugins,
    read_preset,
    read_registry_file,
    read_run_like,
    read_runs,
)


class Finished:
    def __fspath__(self):
        return "runs/sharp/1"


@pytest.mark.parametrize("run", ["runs/sharp/1", Path("runs/sharp/1"), Finished()])
def test_a_run_is_given_by_text_or_anything_usable_as_a_path(run):
    assert read_run_like(run) == "runs/sharp/1"


@pytest.mark.parametrize(
    ("run", "came"), [(None, "None"), (b"sharp", "bytes"), (3, "int"), (["sharp"], "list")]
)
def test_any_other_value_is_neither_a_run_nor_a_folder(run, came):
    with pytest.raises(UsageError, match=f"by its folder or its name; got {came}$"):
        read_run_like(run)
    with pytest.raises(UsageError, match=f"runs is a path; got {came}$"):
        read_folder("runs", run)


def test_plugins_are_left_out_by_one_name_by_names_or_all():
    assert read_no_plugins(True) is True
    assert read_no_plugins("one") == ("one",) and read_no_plugins(["a", "b"]) == ("a", "b")
    for wrong in (3, None, [3]):
        with pytest.raises(UsageError, match="no_plugins is a boolean or names"):
            read_no_plugins(wrong)


def test_a_preset_is_quick_or_full():
    assert read_preset(None) is None and read_preset("full") == "full"
    with pytest.raises(UsageError, match="got 'slow'"):
        read_preset("slow")


def test_runs_are_one_or_a_list_that_is_not_empty():
    assert read_runs("sharp") == (["sharp"], False)
    assert read_runs([Path("a"), "b"]) == (["a", "b"], True)
    with pytest.raises(UsageError, match="the list of runs is empty"):
        read_runs([])
    with pytest.raises(UsageError, match="got bytes"):
        read_runs(b"sharp")


@pytest.mark.parametrize(
    ("registry", "came"),
    [("[models.m]\ndata = 1", "a text of several lines"), ({"models": {}}, "dict"), (None, "None")],
)
def test_a_run_is_declared_in_a_file(registry, came):
    assert read_registry_file("registry.toml") == Path("registry.toml")
    with pytest.raises(UsageError, match=f"registry is the path of a file; got {came}"):
        read_registry_file(registry)

"""Where samples are written, by the suffix of the path."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.tiny_run import write_project
from vaereg.discovery.declare import declare
from vaereg.errors import UsageError
from vaereg.workflows.sample import samples_path


def test_samples_of_vectors_may_be_written_as_a_table_and_others_not(tmp_path: Path) -> None:
    slot = declare(write_project(tmp_path)).sampler
    assert samples_path("s.csv", "vector", tmp_path, slot, 0) == Path("s.csv")
    for form in ("image", "sequence"):
        with pytest.raises(UsageError, match=r"s.csv: .* data is no table"):
            samples_path("s.csv", form, tmp_path, slot, 0)
    with pytest.raises(UsageError, match=r"an .npz file, a .csv file for vectors"):
        samples_path("s.pdf", "vector", tmp_path, slot, 0)

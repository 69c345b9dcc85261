"""check --data: what does not fit is told without training, once for all models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.tiny_run import blobs, vaereg_here, write_project
from vaereg.declaration.resolve import resolve_all
from vaereg.declaration.text.document import read_document
from vaereg.discovery.discover import discover
from vaereg.errors import VaeregError
from vaereg.workflows.own_data.check_data import CheckedData, check_data
from vaereg.workflows.tell import Tell

SECOND = """
[models.again]
extends = "tiny"
"""


def checked(registry: Path, more: str = "") -> CheckedData:
    registry.write_text(registry.read_text() + more)
    declarations = resolve_all(read_document(registry), discover(None))
    return check_data(declarations, None, Tell(quiet=True))


def test_data_and_models_that_fit_are_described_and_nothing_is_written(tmp_path: Path) -> None:
    registry = write_project(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    found = checked(registry)
    (line,) = found.lines
    assert line == (
        "data blobs: 256 training, 40 validation, 8 test examples; image 8 x 8 x 1; "
        "stored values 0 to 255"
    )
    assert any("too few to evaluate" in each for each in found.remarks)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_network_that_does_not_fit_the_data_is_told(tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).normal(size=(300, 24)).astype(np.float32)
    registry = write_project(tmp_path, x_train=vectors, x_val=vectors[:40], x_test=vectors[:8])
    text = registry.read_text().replace(
        'use = "dense", widths = [16]', 'use = "conv", widths = [4]'
    )
    registry.write_text(text.replace('"bernoulli"', '"gaussian"'))
    with pytest.raises(VaeregError, match="conv"):
        checked(registry)
    registry.write_text(registry.read_text().replace("batch_size = 32", "batch_size = 999"))
    with pytest.raises(VaeregError, match=r"(?s)conv.*fewer than one batch of 999"):
        checked(registry)


def test_a_fault_of_several_models_is_told_once_with_their_names(tmp_path: Path) -> None:
    registry = write_project(tmp_path)
    (tmp_path / "blobs.npz").write_bytes(b"no arrays")
    with pytest.raises(VaeregError, match=r"tiny, again: .*blobs\.npz: cannot be read") as caught:
        checked(registry, SECOND)
    assert str(caught.value).count("cannot be read") == 1 and caught.value.exit_code == 1


def test_the_command_tells_what_was_assumed_and_what_looks_wrong(tmp_path: Path) -> None:
    digits = {
        name: np.rint(blobs(count, 0) / 16).clip(0, 15).astype(float)
        for name, count in (("x_train", 256), ("x_val", 40), ("x_test", 8))
    }
    write_project(tmp_path, **digits)
    done = vaereg_here("check", "--data", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "note: [data.blobs]" in done.stderr and "value_range" in done.stderr
    assert "warning: [data.blobs] the test split has 8 examples, too few" in done.stderr
    assert "data blobs: 256 training" in done.stdout


def test_what_the_training_ends_before_is_told_where_it_is_counted_in_steps(tmp_path: Path) -> None:
    rate = "{ use = 'cosine_decay', initial_learning_rate = 1e-3, decay_steps = 1000 }"
    adam = f"optimizer = {{ use = 'adam', learning_rate = {rate} }}"
    registry = write_project(tmp_path, adam)
    text = registry.read_text()
    registry.write_text(text.replace("epochs = 2 }", "steps = 50 }"))  # of 24
    told = [each for each in checked(registry).remarks if "training ends after 24" in each]
    assert [each.partition("'tiny': ")[2].partition(" of ")[0] for each in told] == [
        "the weight",
        "the learning rate falls for 1,000 steps (cosine_decay), but the training ends after 24.",
    ]
    assert all(each.startswith("warning: model 'tiny': ") for each in told)

import json

import pytest

from vaereg.errors import RunError
from vaereg.runs.held_extractors import HeldExtractor, held_extractors
from vaereg.runs.layout import RunFolder


def test_a_run_without_held_extractors_has_none(tmp_path):
    run = RunFolder(tmp_path)
    run.lock.write_text("{}")

    assert held_extractors(run) == ()


def test_held_extractors_are_read_from_the_lock(tmp_path):
    run = RunFolder(tmp_path)
    run.lock.write_text(json.dumps({"held_extractors": [{"name": "a", "digest": "1f"}]}))

    assert held_extractors(run) == (HeldExtractor("a", "1f"),)


@pytest.mark.parametrize("listed", ['[{"name": "a"}]', '["a"]', "3"])
def test_another_form_is_a_clear_error(tmp_path, listed):
    run = RunFolder(tmp_path)
    run.lock.write_text(f'{{"held_extractors": {listed}}}')

    with pytest.raises(RunError, match="held_extractors is not a list of tables"):
        held_extractors(run)

from pathlib import Path

import pytest

from vaereg.errors import RunError
from vaereg.runs.held_extractors import HeldExtractor, held_extractors

LOCK = Path("lock.json")


def test_a_run_without_held_extractors_has_none():
    assert held_extractors({}, LOCK) == ()


def test_held_extractors_are_read_from_the_lock():
    listed = [{"name": "a", "digest": "1f"}]

    assert held_extractors({"held_extractors": listed}, LOCK) == (HeldExtractor("a", "1f"),)


@pytest.mark.parametrize("listed", [[{"name": "a"}], ["a"], 3])
def test_another_form_is_a_clear_error(listed):
    with pytest.raises(RunError, match=r"lock\.json: held_extractors is not a list of tables"):
        held_extractors({"held_extractors": listed}, LOCK)

"""Which runs are evaluated before they are compared or reported."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from vaereg.evaluation.evaluation_files import Variant
from vaereg.runs.layout import RunFolder
from vaereg.workflows import evaluations
from vaereg.workflows.options import EvaluateOptions
from vaereg.workflows.tell import Tell


def test_a_run_that_is_named_twice_is_evaluated_once(tmp_path: Path, monkeypatch) -> None:
    evaluated = []

    def made(wanted, *rest):
        evaluated.append(len(wanted))
        return [SimpleNamespace(of=opened, extractors={}, made="") for opened, _ in wanted]

    monkeypatch.setattr(evaluations, "read_opened_run", lambda path, *rest, **more: path)
    monkeypatch.setattr(evaluations, "_held_names", lambda opened: [])
    monkeypatch.setattr(evaluations, "_read_existing", lambda *given: None)
    monkeypatch.setattr(evaluations, "_evaluate", made)
    one, other, variant = RunFolder(tmp_path / "one"), RunFolder(tmp_path / "other"), Variant()
    same = RunFolder(tmp_path / "one" / ".." / "one")
    runs = [(one, variant), (other, variant), (same, variant), (other, variant)]

    found = evaluations.ensure_evaluated(runs, EvaluateOptions(), Tell(quiet=True))

    assert [each.of.name for each in found] == ["one", "other", "one", "other"]
    assert evaluated == [2]

"""`vaereg report` on runs that were evaluated already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.reported_runs import evaluation, image_arrays, write_run
from vaereg.evaluation.evaluation import Evaluation
from vaereg.evaluation.evaluation_files import Variant, read_evaluation
from vaereg.runs.layout import RunFolder
from vaereg.workflows import evaluations, report
from vaereg.workflows.options import EvaluateOptions
from vaereg.workflows.tell import Tell

RunCommand = Callable[..., Any]


@pytest.fixture
def runs(vaereg_run: RunCommand, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of runs of two models, three seeds each; all are evaluated."""
    del vaereg_run
    for shift, model in enumerate(("baseline", "sharp")):
        for seed in range(3):
            made = evaluation(model, shift=2.0 * shift, seed=seed)
            folder = Path("runs") / model / f"2026010{seed + 1}-000000-0000"
            write_run(folder, made, image_arrays(seed), likelihood="bernoulli")

    def found(
        wanted: Sequence[tuple[RunFolder, Variant]], options: EvaluateOptions, tell: Tell
    ) -> list[Evaluation]:
        assert options.preset is None
        read = [read_evaluation(run, variant) for run, variant in wanted]
        assert all(each is not None for each in read)
        return [each for each in read if each is not None]

    monkeypatch.setattr(evaluations, "ensure_evaluated", found)
    return Path("runs")


def test_the_report_of_one_run_is_in_its_folder(runs: Path, vaereg_run: RunCommand) -> None:
    result = vaereg_run("report", "baseline")

    path = runs / "baseline" / "20260103-000000-0000" / "report.html"
    assert (result.code, result.out.strip()) == (0, str(path))
    html = path.read_text(encoding="utf-8")
    assert "<h1>baseline</h1>" in html
    assert not list(path.parent.glob(".*.tmp"))


def test_the_report_of_two_runs_is_in_the_folder_of_runs(
    runs: Path, vaereg_run: RunCommand
) -> None:
    result = vaereg_run("report", "baseline", "sharp", "--json")

    assert result.code == 0
    assert result.json["report"] == str(runs / "report-baseline-vs-sharp.html")
    assert result.json["comparison"] is None
    assert [each["label"] for each in result.json["runs"]] == ["baseline", "sharp"]
    assert Path(result.json["report"]).is_file()


def test_a_comparison_of_two_models_is_over_their_seeds(runs: Path, vaereg_run: RunCommand) -> None:
    result = vaereg_run("report", "baseline", "sharp", "--compare", "--json", "--out", "page.html")

    assert result.code == 0
    comparison = result.json["comparison"]
    assert comparison["design"] == "paired_seeds"
    assert comparison["seeds"] == [0, 1, 2]
    assert {each["verdict"] for each in comparison["verdicts"]} <= {"exploratory", "not measured"}
    html = Path("page.html").read_text(encoding="utf-8")
    assert "Is B sharp better than A baseline?" in html
    assert "Seed by seed" in html
    assert "pictures from training seed 0" in html
    assert str(runs) in html


def test_further_runs_are_shown_behind_the_two_that_are_compared(
    runs: Path, vaereg_run: RunCommand
) -> None:
    third = str(runs / "baseline" / "20260102-000000-0000")

    result = vaereg_run("report", "baseline", "sharp", third, "--compare", "--json")

    assert result.code == 0
    assert len(result.json["runs"]) == 3
    assert len(result.json["comparison"]["seeds"]) == 3


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["report"], 2, "RUN"),
        (["report", "baseline", "--compare"], 2, "a comparison needs two runs"),
        (["report", "baseline", "--out", "runs"], 2, "a folder; give the file"),
        (["report", "baseline", "--out", "no/such/page.html"], 1, "the folder no/such does not"),
        (["report", "nothing"], 1, "no run 'nothing'"),
    ],
)
def test_what_cannot_be_done_is_told(
    runs: Path, vaereg_run: RunCommand, argv: list[str], code: int, said: str
) -> None:
    assert runs.is_dir()
    result = vaereg_run(*argv)

    assert result.code == code
    assert said in result.err


def test_headings_leave_out_ids_that_are_not_needed(runs: Path, vaereg_run: RunCommand) -> None:
    old, new = (str(runs / "baseline" / f"2026010{day}-000000-0000") for day in (1, 2))
    other = str(runs / "sharp" / "20260101-000000-0000")

    apart = vaereg_run("report", old, other, "--json", "--compare", "--out", "page.html")
    alike = vaereg_run("report", old, new, "--json")

    assert [each["label"] for each in apart.json["runs"]] == ["baseline", "sharp"]
    assert "Is B sharp better than A baseline?" in Path("page.html").read_text(encoding="utf-8")
    assert [each["label"] for each in alike.json["runs"]] == [
        "baseline/20260101-000000-0000",
        "baseline/20260102-000000-0000",
    ]


def test_labels_with_signs_of_the_file_system_still_name_a_file(tmp_path: Path) -> None:
    from vaereg.comparison.targets import Target, Trained

    def target(label: str) -> Target:
        folder = RunFolder(tmp_path / "runs" / "m" / "id")
        run = Trained(folder=folder, model="m", seed=0)
        return Target(label=label, is_model=False, runs=(run,), variant=Variant())

    path = report.default_path([target("m/2026-x@acme/gmm#3"), target("q:*?")], tmp_path)

    assert path == tmp_path / "report-m-2026-x@acme-gmm-seed3-vs-q-.html"

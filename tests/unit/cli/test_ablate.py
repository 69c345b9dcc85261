"""ablate refuses what cannot be ablated or written before it trains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vaereg.errors import RunError, UsageError
from vaereg.reporting.badge import MARK
from vaereg.workflows.ablate import read_params
from vaereg.workflows.ablation_files import ablation_files, check_files


@pytest.mark.parametrize(
    ("out", "text", "picture"),
    [
        (None, "ablation-mmd.md", "ablation-mmd.svg"),
        ("docs/", "docs/ablation-mmd.md", "docs/ablation-mmd.svg"),
        ("docs/v1.0/", "docs/v1.0/ablation-mmd.md", "docs/v1.0/ablation-mmd.svg"),
        ("docs/help.md", "docs/help.md", "docs/help.svg"),
    ],
)
def test_the_badge_is_next_to_the_ablation(out: str | None, text: str, picture: str) -> None:
    assert ablation_files(out, "mmd") == (Path(text), Path(picture))


def test_another_kind_of_file_is_refused() -> None:
    with pytest.raises(UsageError, match=r"give a \.md"):
        ablation_files("ablation.html", "mmd")


def test_a_file_that_ablate_did_not_write_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "new" / "README.md"
    check_files(path)
    path.write_text("# mine\n")
    with pytest.raises(UsageError, match="so it is kept"):
        check_files(path)
    path.write_text(f"{MARK}\nproven\n")
    check_files(path)


def test_a_folder_that_cannot_be_created_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(RunError, match="cannot be written"):
        check_files(tmp_path / "file" / "ablation.md")


def test_parameters_are_a_toml_table() -> None:
    assert read_params("") is None
    assert read_params("{ weight = 10.0 }") == {"weight": 10.0}
    for text in ("3", "weight = 1", "{", "{}\nmore = 1"):
        with pytest.raises(UsageError, match="write a TOML table"):
            read_params(text)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--seeds", "1"), "must be at least 2"),
        (("--full", "--quick"), "not allowed with"),
    ],
)
def test_options_that_mean_nothing_are_refused(vaereg_run: Any, words: Any, told: str) -> None:
    result = vaereg_run("ablate", "mmd", *words)

    assert result.code == 2
    assert told in result.err

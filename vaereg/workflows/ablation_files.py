"""Where to write an ablation and its badge; checked before the training, which may take hours."""

from __future__ import annotations

import os
from pathlib import Path

from vaereg.errors import RunError, UsageError
from vaereg.host.home_path import home_path


def ablation_files(out: str | None, name: str) -> tuple[Path, Path]:
    """The Markdown file and the badge.

    Args:
        out: a .md file, or a folder; None for the current folder.
        name: the name of the component.

    Raises:
        UsageError: for another kind of file.
    """
    path = home_path(out or ".")
    if path.suffix.lower() == ".md" and not path.is_dir():
        return path, path.with_suffix(".svg")
    if path.suffix and not path.is_dir() and not str(out).endswith(("/", "\\")):
        raise UsageError(f"out is {out}: give a .md file, or a folder with a / at its end")
    return path / f"ablation-{name}.md", path / f"ablation-{name}.svg"


def check_files(*paths: Path) -> None:
    """Creates the folders of the files, and checks that the files can be written.

    Raises:
        UsageError: if a file exists that no ablation wrote.
        RunError: if the operating system refuses.
    """
    from vaereg.reporting.badge import MARK

    for path in paths:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            written = path.exists()
            ours = written and MARK in path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise RunError(f"{path} cannot be written: {error.strerror or error}") from error
        if written and not ours:
            raise UsageError(
                f"{path} exists and was not written by `vaereg ablate`, so it is kept.\n"
                "Name another file with the option `out`."
            )
        if not os.access(path.parent, os.W_OK):
            raise RunError(f"{path} cannot be written: {path.parent} is not writable.")

"""Runs the tests of another package in this process, which has imported keras already."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


class Outcomes:
    """The names of the tests that passed and of those that did not.

    Args:
        passed, others: node ids.
    """

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.others: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes the outcome of a test, or the error of its fixtures."""
        if report.when == "call" or report.failed:
            (self.passed if report.passed else self.others).append(report.nodeid)


def inner_pytest(package: Path, *options: str) -> Outcomes:
    """Runs the tests in `package/tests`; its source must be on sys.path.

    Args:
        package: the folder of the package.
        options: more options of pytest.
    """
    outcomes = Outcomes()
    plain = ("-p", "no:cacheprovider", "-p", "no:xdist", "--import-mode=importlib", "-q")
    with contextlib.chdir(package), _own_test_modules():
        code = pytest.main([*plain, *options, "-c", "pyproject.toml", "tests"], [outcomes])
    assert code == pytest.ExitCode.OK, outcomes.others
    return outcomes


@contextlib.contextmanager
def _own_test_modules() -> Iterator[None]:
    """Lets the package have its own `tests.test_contract`.

    Test modules of all packages have such names, and pytest takes a module of that name that is
    already imported.
    """
    before = {name: sys.modules.pop(name) for name in _modules_called_tests()}
    try:
        yield
    finally:
        for name in _modules_called_tests():
            del sys.modules[name]
        sys.modules.update(before)


def _modules_called_tests() -> list[str]:
    return [name for name in sys.modules if name == "tests" or name.startswith("tests.")]

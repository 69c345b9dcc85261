"""Everything that `vaereg doctor` checks, and the problems that it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from vaereg.discovery.records import PluginRecord
from vaereg.workflows.doctor.backends import BackendState, Decision
from vaereg.workflows.doctor.clashes import Clash
from vaereg.workflows.doctor.dependencies import Dependency, Extra
from vaereg.workflows.doctor.folders import Folder, Runs

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import JsonObject

BROKEN = ("broken", "incompatible")


@attrs.frozen(kw_only=True)
class Checkup:
    """The findings.

    Args:
        machine: facts by name: python, platform, processors and others.
        decision: the backend that a training would use.
        backends: the installed backends.
        dependencies: the distributions that vaereg requires.
        extras: the optional ones.
        plugins: the result of each entry point.
        clashes: short names with several owners.
        cache: the folder of files that can be created again.
        runs: the folder of all runs.
        registry_problem: why the registry's [plugins] cannot be read, or an empty string.
        unmet: the requirements of [plugins] that are not met.
        warnings: the warnings of discovery.
    """

    machine: dict[str, str]
    decision: Decision
    backends: tuple[BackendState, ...]
    dependencies: tuple[Dependency, ...]
    extras: tuple[Extra, ...]
    plugins: tuple[PluginRecord, ...]
    clashes: tuple[Clash, ...]
    cache: Folder
    runs: Runs
    registry_problem: str = ""
    unmet: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def plugin_problems(self) -> tuple[str, ...]:
        """Plugins that are broken, written for a newer vaereg, or required and missing."""
        return (
            *(_plugin_problem(each) for each in self.plugins if each.status in BROKEN),
            *self.unmet,
        )

    @property
    def other_problems(self) -> tuple[str, ...]:
        """Every other problem that could stop a training."""
        backends = (f"Keras with {b.name}: {b.problem}" for b in self.backends if b.problem)
        needed = (f"{each.name}: {each.problem}" for each in self.dependencies if each.problem)
        folders = (self.cache.problem, self.runs.folder.problem)
        found = (
            self.decision.problem,
            *backends,
            *needed,
            *folders,
            *self.runs.damaged,
            self.registry_problem,
            *self.warnings,
        )
        return tuple(each for each in found if each)

    @property
    def problems(self) -> tuple[str, ...]:
        """All problems."""
        return (*self.plugin_problems, *self.other_problems)

    def as_dict(self) -> JsonObject:
        """The content for `--json`."""
        return {
            "well": not self.problems,
            "problems": list(self.problems),
            "machine": self.machine,
            "backend": attrs.asdict(self.decision),
            "backends": [attrs.asdict(each) for each in self.backends],
            "dependencies": [attrs.asdict(each) for each in self.dependencies],
            "extras": [{"present": not each.missing, **attrs.asdict(each)} for each in self.extras],
            "plugins": [each.as_dict() for each in self.plugins],
            "clashes": [attrs.asdict(each) for each in self.clashes],
            "folders": {"cache": attrs.asdict(self.cache), "runs": attrs.asdict(self.runs)},
        }


def _plugin_problem(record: PluginRecord) -> str:
    """What is wrong with a plugin, and where: the line at fault, else its entry point."""
    text = f"{record.label} is {record.explanation}"
    if record.where:
        return text
    origin = f", installed as {record.origin}" if record.origin else ""
    return f'{text}\nits entry point is {record.entry} = "{record.value}"{origin}'

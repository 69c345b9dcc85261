"""Trains several models one after another, each in a process of its own.

Trainings then share no memory, compiled functions or random states, and each result is the same as
if it were trained alone.
"""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence

import attrs

from vaereg.contracts.plain_values import JsonObject
from vaereg.declaration.declaration import Declaration
from vaereg.errors import Interrupted
from vaereg.host.child_python import child_python
from vaereg.workflows.finished_run import FinishedRun, run_from_dict
from vaereg.workflows.options import RegistryOptions, TrainOptions
from vaereg.workflows.tell import Tell

WHATEVER_THE_SEED = {
    "BackendError",
    "ContractError",
    "DataError",
    "DeclarationError",
    "PluginError",
    "UsageError",
}
"""The types of errors that another seed of the same model would meet too."""

PROGRAM = (*child_python(), "-m", "vaereg")
"""How a child process is started."""


@attrs.frozen(kw_only=True)
class FailedTraining:
    """A training that ended with an error.

    Args:
        model: the declared model.
        seed: the training seed.
        exit_code: the exit code of its process.
        error: the error in the output of `--json`, with the key `message`.
    """

    model: str
    seed: int
    exit_code: int
    error: JsonObject

    @property
    def message(self) -> str:
        """Why it failed."""
        return str(self.error.get("message", ""))

    def as_dict(self) -> JsonObject:
        """The content for `--json`."""
        return {"model": self.model, "seed": self.seed, "error": self.error}


def train_many(
    declarations: Sequence[Declaration],
    seeds: int,
    registry: RegistryOptions,
    options: TrainOptions,
    tell: Tell,
) -> Iterator[FinishedRun | FailedTraining]:
    """Trains each declaration with each seed; a failed training does not stop the others.

    A fault that does not depend on the seed is told once: the model's other seeds are left out.

    Args:
        declarations: the models to train.
        seeds: the number of seeds per model, starting with that of the declaration.
        registry, options: the options of each process.
        tell: receives a line before each training.

    Raises:
        Interrupted: if a training was interrupted; the remaining ones are not started.
    """
    jobs = [
        (declaration.model, declaration.train.seed + offset)
        for declaration in declarations
        for offset in range(seeds)
    ]
    hopeless: set[str] = set()
    data_of = {each.model: each.data_name for each in declarations}
    told = Told(declaration=True)
    for number, (model, seed) in enumerate(jobs, start=1):
        if model in hopeless:
            continue
        tell.say(f"[{number}/{len(jobs)}] {model}, seed {seed}")
        command = train_command(model, seed, registry, options, quiet=tell.quiet)
        command += told.options(model, data_of[model])
        code, document = run_child(command)
        if code == Interrupted.exit_code or code < 0:
            raise Interrupted(message_of(document) or "interrupted")
        if code:
            error = document.get("error", {})
            if error.get("type") in WHATEVER_THE_SEED:
                hopeless.add(model)
            yield FailedTraining(model=model, seed=seed, exit_code=code, error=error)
        else:
            yield run_from_dict(document["runs"][0])


class Told:
    """Remembers what was told to the user, so that each of several trainings tells only the rest.

    Args:
        declaration: whether warnings about the declarations were told.
    """

    def __init__(self, *, declaration: bool = False) -> None:
        self._declaration = declaration
        self._models: set[str] = set()
        self._data: set[str] = set()

    def options(self, model: str, data: str) -> list[str]:
        """--told for the process that trains a model; from now on, its remarks count as told."""
        again = model in self._models
        told = {
            "declaration": self._declaration or again,
            "data": data in self._data,
            "model": again,
        }
        self._models.add(model)
        self._data.add(data)
        return [f"--told={about}" for about, is_told in told.items() if is_told]


def train_command(
    model: str, seed: int, registry: RegistryOptions, options: TrainOptions, *, quiet: bool
) -> list[str]:
    """`vaereg train MODEL --seed SEED --json` with the other options."""
    command = [*PROGRAM, "train", model, "--json"]
    command += [f"--registry={registry.registry}", f"--runs={options.runs}", f"--seed={seed}"]
    command += [f"--set={each}" for each in registry.overrides]
    command += no_plugins_options(registry.no_plugins)
    for option, value in (
        ("epochs", options.epochs),
        ("samples-every", options.samples_every),
        ("evaluate-every", options.evaluate_every),
        ("backend", options.backend),
        ("weights-from", options.weights_from),
    ):
        if value is not None:
            command.append(f"--{option}={value}")
    if options.tensorboard:
        command.append("--tensorboard")
    if quiet:
        command.append("--quiet")
    return command


def no_plugins_options(no_plugins: bool | Sequence[str]) -> list[str]:
    """--no-plugins for a child process."""
    if no_plugins is True:
        return ["--no-plugins=*"]
    return [f"--no-plugins={','.join(no_plugins)}"] if no_plugins else []


def run_child(command: Sequence[str]) -> tuple[int, JsonObject]:
    """Runs one command with --json and forwards signals to it.

    Returns:
        Its exit code, and the document that it printed.
    """
    with subprocess.Popen(
        list(command), stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as child:
        before = {}
        if (
            threading.current_thread() is threading.main_thread()
        ):  # other threads may not set handlers
            # Ctrl-C reaches the child from the terminal; SIGTERM reaches this process alone.
            before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
            before[signal.SIGTERM] = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        try:
            text, _ = child.communicate()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    try:
        return child.returncode, json.loads(text)
    except ValueError:
        message = text.strip() or "the process ended without a message"
        return child.returncode or 1, {"error": {"message": message}}


def message_of(document: JsonObject) -> str:
    """Why a command failed, from the document of `run_child`; empty if it did not fail."""
    return str(document.get("error", {}).get("message", ""))

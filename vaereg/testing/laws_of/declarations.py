"""Laws of every kind that are checked without building the component."""

from __future__ import annotations

import inspect
import math
import subprocess
import sys
from functools import cache
from typing import Any

import attrs

from vaereg.component import REQUIRED
from vaereg.declaration.shapes.structure import UnsupportedTypeError
from vaereg.declaration.slot_keys import params_table
from vaereg.discovery.factory import load_factory
from vaereg.kinds import KINDS
from vaereg.testing.backend_imports import BACKENDS, backend_imports
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import TENSOR_KINDS
from vaereg.testing.law import law, require

MOST_SECONDS = 0.1
HEAVY = ("keras", "tensorflow", "torch", "jax", "sklearn", "scipy")

_PROGRAM = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {heavy!r}:
            raise ImportError("imports " + name)
sys.meta_path.insert(0, Blocker())
import {module}
"""


@cache
def _import_fault(module: str) -> str:
    """Why a module cannot be imported while heavy packages are blocked; empty if it can."""
    program = _PROGRAM.format(heavy=HEAVY, module=module)
    extended = f"import sys; sys.path[:] = {sys.path!r}\n{program}"
    done = subprocess.run(
        [sys.executable, "-c", extended], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


@law(
    "plugin-imports-nothing-heavy",
    f"Importing the plugin's module imports none of {', '.join(HEAVY)}.",
    *KINDS,
    level="static",
)
def plugin_imports_nothing_heavy(component: ComponentUnderTest) -> None:
    """A command that lists components must not wait seconds for each plugin.

    Give the factory as a string, and import keras in the factory's module only.
    """
    if not component.module:
        return  # a hand-made offer has no module
    fault = _import_fault(component.module.partition(":")[0])
    require(not fault, fault)


_TIMED = """
import sys, time
sys.path[:] = {path!r}
import attrs, vaereg, vaereg.component, vaereg.hookspecs
started = time.process_time()
import {module}
print(time.process_time() - started)
"""


@cache
def _import_seconds(module: str) -> float:
    """The seconds of processor time that importing a module adds to vaereg's; 0 if it fails.

    Processor time, since wall-clock time depends on other processes. The best of three imports,
    since the first may have to compile the files.
    """
    best = math.inf
    for _ in range(3):
        program = _TIMED.format(path=sys.path, module=module)
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )
        if done.returncode:
            return 0.0  # another law reports a failed import
        best = min(best, float(done.stdout.split()[-1]))
        if best <= MOST_SECONDS:
            break
    return best


@law(
    "plugin-is-imported-quickly",
    f"Importing the plugin's module takes at most {1000 * MOST_SECONDS:.0f} ms of processor time.",
    *KINDS,
    level="static",
)
def plugin_is_imported_quickly(component: ComponentUnderTest) -> None:
    """Every command imports every plugin. Move slow imports to the factory's module."""
    if not component.module:
        return  # a hand-made offer has no module
    took = _import_seconds(component.module.partition(":")[0])
    require(took <= MOST_SECONDS, f"the import took {1000 * took:.0f} ms")


@law(
    "summary-is-a-sentence",
    "The summary is one line and ends with a full stop.",
    *KINDS,
    level="static",
)
def summary_is_a_sentence(component: ComponentUnderTest) -> None:
    """`vaereg components` prints the summary. Say in one line what the component does."""
    summary = component.offer.component.summary
    require(summary.endswith(".") and "\n" not in summary, f"summary={summary!r}")


@law(
    "params-are-explained",
    "Every parameter is declared with vaereg.param and has a meaning.",
    *KINDS,
    level="static",
)
def params_are_explained(component: ComponentUnderTest) -> None:
    """`vaereg describe` prints the meanings.

    Declare each parameter with vaereg.param(default, "what it does").
    """
    for field in attrs.fields(component.offer.component.params):
        info = field.metadata.get("vaereg")
        require(
            info is not None and info.meaning.strip(), f"parameter {field.name!r} has no meaning"
        )


@law(
    "params-are-frozen",
    "The params class is frozen and its defaults are immutable.",
    *KINDS,
    level="static",
)
def params_are_frozen(component: ComponentUnderTest) -> None:
    """If one model could change a default, it would change it for the next model too.

    Use @attrs.frozen, and tuples instead of lists.
    """
    params = component.offer.component.params
    require(_refuses_change(params), f"{params.__name__} can be changed; use @attrs.frozen")
    for field in attrs.fields(params):
        mutable = isinstance(field.default, list | dict | set)
        require(not mutable, f"the default of {field.name!r} is a {type(field.default).__name__}")


def _refuses_change(params: type) -> bool:
    empty: Any = object.__new__(params)  # the values do not matter
    names = [field.name for field in attrs.fields(params)]
    try:
        setattr(empty, names[0] if names else "anything", None)
    except (attrs.exceptions.FrozenInstanceError, AttributeError):
        return True
    return False


@law(
    "params-can-be-declared",
    "Every parameter can be set in registry.toml.",
    *KINDS,
    level="static",
)
def params_can_be_declared(component: ComponentUnderTest) -> None:
    """A parameter needs a type that TOML can express and a name that vaereg does not use itself.

    Use bool, int, float, str, tuples of these, or an attrs class. Do not name a parameter `use`,
    or `weight` in a regularizer or discriminator.
    """
    try:
        params_table(component.offer)
    except UnsupportedTypeError as fault:
        require(False, str(fault))


@law(
    "defaults-are-allowed",
    "Every default is within the bounds of its parameter.",
    *KINDS,
    level="static",
)
def defaults_are_allowed(component: ComponentUnderTest) -> None:
    """A parameter that registry.toml leaves out must work.

    Widen the bounds, choose another default, or make the parameter required.
    """
    params = component.offer.component.params
    if all(field.default is not REQUIRED for field in attrs.fields(params)):
        params()


def _load(component: ComponentUnderTest) -> None:
    inspect.signature(load_factory(component.offer)).bind("params", "context")


@law(
    "factory-takes-params-and-context",
    "The factory can be imported and called with (params, context).",
    *KINDS,
    level="static",
    order=0,
    groundwork=_load,
)
def factory_takes_params_and_context(component: ComponentUnderTest) -> None:
    """The engine calls every factory this way.

    Correct the path in `factory`, or the signature of the function or class that it names.
    """
    _load(component)


@law(
    "imports-no-backend",
    f"The component's modules import none of {', '.join(BACKENDS)}.",
    *TENSOR_KINDS,
    level="static",
)
def imports_no_backend(component: ComponentUnderTest) -> None:
    """Otherwise it would work on one backend only. Compute with keras.ops and Keras layers.

    The check reads the source of the factory's module and of the modules of its package that it
    imports. Code for one backend is allowed under `if keras.backend.backend() == ...`.
    """
    module = component.offer.component.factory.partition(":")[0]
    package = component.module.partition(":")[0].rpartition(".")[0]
    found = list(backend_imports(module, package))
    require(not found, "; ".join(found))

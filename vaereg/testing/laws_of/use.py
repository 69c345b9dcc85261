"""Laws of building and using a component: at the bounds of its parameters, and repeatedly."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from types import ModuleType

from vaereg.discovery.blame import cause
from vaereg.errors import ContractError
from vaereg.kinds import KINDS
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.law import NotHere, law, require
from vaereg.testing.use import Refused, home_of, use
from vaereg.testing.variants import variants
from vaereg.wording import brief, first_lines

PLAIN = (int, float, complex, str, bytes, bool, tuple, frozenset)
SIZED = (dict, list, set)


@law(
    "bounds-can-be-used",
    "At each bound and choice of a parameter, it works or refuses the value with a reason.",
    *KINDS,
    level="build",
    slow=True,
)
def bounds_can_be_used(component: ComponentUnderTest) -> None:
    """Users will try every value that is declared as allowed.

    Narrow the bounds (gt=0 instead of ge=0), or raise a ValueError in the factory that says what
    is allowed. A bool is tested with both values, and None where it is allowed.
    """
    home = home_of(component)
    for each in variants(component.params):
        if component.kind == "dataset" and isinstance(each.value, str):
            continue  # it may name a source that is downloaded
        other = component.with_values(each.values)
        try:
            use(other, home)
        except (Refused, NotHere):
            continue
        except Exception as fault:
            found = first_lines(fault, 6) if isinstance(fault, ContractError) else cause(fault)
            raise ContractError(f"with {each.description}: {found}") from fault


@law(
    "no-state-in-globals",
    "Building and using the component again changes nothing in its modules.",
    *KINDS,
    level="build",
)
def no_state_in_globals(component: ComponentUnderTest) -> None:
    """Models in one process must not affect each other, and memory must not grow with each model.

    Keep state on the object. A cache that the first use fills, such as a table of constants, is
    allowed.
    """
    home = home_of(component)
    _printed_in_use(component)
    before = dict(_module_globals(component))
    for seed in (1, 2):
        _use_unless_refused(component, home, seed)
    for name, (value, size) in _module_globals(component):
        require(name in before, f"{name} is new")
        old, old_size = before[name]
        same = old is value or (isinstance(value, PLAIN) and type(old) is type(value))
        require(
            same and (old is value or old == value),
            f"{name} was replaced by another {type(value).__name__}",
        )
        require(size == old_size, f"{name} had {old_size} entries and now has {size}")


@law("nothing-is-printed", "Building and using it prints nothing.", *KINDS, level="build")
def nothing_is_printed(component: ComponentUnderTest) -> None:
    """What a command prints on stdout is its result, which other programs read.

    Remove print, and give Keras verbose=0. Where the kind has `tell`, progress is told with it.
    """
    printed = _printed_in_use(component)
    require(not printed, f"it prints {brief(printed.strip()[:200])!r}")


def _printed_in_use(component: ComponentUnderTest) -> str:
    """What the component prints when it is built and used for the first time."""

    def use_once() -> str:
        stdout = StringIO()
        with redirect_stdout(stdout):
            _use_unless_refused(component, home_of(component), 0)
        return stdout.getvalue()

    return component.shared("printed", use_once)


def _use_unless_refused(component: ComponentUnderTest, case: Case, seed: int) -> None:
    try:
        use(component, case, seed)
    except Refused:
        return


def _module_globals(component: ComponentUnderTest) -> Iterator[tuple[str, tuple[object, int]]]:
    """The globals of the factory's module and its neighbours, with the sizes of containers."""
    home = component.offer.component.factory.partition(":")[0]
    package = home.rpartition(".")[0]
    for dotted, module in sorted(sys.modules.items()):
        if dotted != home and not (package and dotted.startswith(f"{package}.")):
            continue
        for name, value in list(vars(module).items()):
            if name.startswith("__") or isinstance(value, ModuleType):
                continue
            yield f"{dotted}.{name}", (value, _entries(value))
            if isinstance(value, type) and value.__module__ == dotted:
                for inner, each in list(vars(value).items()):
                    if isinstance(each, SIZED) and not inner.startswith("__"):
                        yield f"{dotted}.{name}.{inner}", (each, _entries(each))


def _entries(value: object) -> int:
    return len(value) if isinstance(value, SIZED) else 0

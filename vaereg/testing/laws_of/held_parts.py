"""Laws of components that hold parts."""

from __future__ import annotations

import keras

from vaereg.contracts.slot import slots_in
from vaereg.errors import DeclarationError
from vaereg.kinds import KINDS
from vaereg.testing.component_under_test import ComponentUnderTest, ParametersMissing
from vaereg.testing.harness import MAY_HAVE_WEIGHTS, Harness
from vaereg.testing.law import law, require
from vaereg.testing.use import home_of


@law(
    "held-parts-can-be-found",
    "Each part that the component holds by default is installed, and its parameters are allowed.",
    *KINDS,
    level="static",
)
def held_parts_can_be_found(component: ComponentUnderTest) -> None:
    """Who writes only the component's name gets its default parts.

    Name components of vaereg or of your own distribution as defaults, or give no default.
    """
    try:
        params = component.params
    except ParametersMissing:
        return  # other laws ask for them
    except DeclarationError as fault:
        require(False, "; ".join(each.message for each in fault.problems))
    else:
        for key, slot in slots_in(params):
            require(slot.declared is None, f"{key} was not looked up")


@law(
    "held-parts-are-built",
    "The factory builds every part that its parameters name.",
    *KINDS,
    level="build",
)
def held_parts_are_built(component: ComponentUnderTest) -> None:
    """A part that is declared and never used is a mistake of somebody.

    Call `context.build(params.inner, "inner")` in the factory for each slot.
    """
    named = dict(slots_in(component.params))
    if not named:
        return
    built = [each.slot for each in component.built(home_of(component)).held]
    unbuilt = [key for key, slot in named.items() if slot not in built]
    require(not unbuilt, f"the factory did not build {', '.join(unbuilt)}")


@law(
    "held-weights-are-its-own",
    "The weights of the parts that a component holds are among its own weights.",
    *MAY_HAVE_WEIGHTS,
    level="build",
)
def held_weights_are_its_own(component: ComponentUnderTest) -> None:
    """The engine trains and saves the weights of the component, and sees parts through it only.

    Derive the class from keras.layers.Layer and keep the part as an attribute, set in __init__.
    """
    if not any(slots_in(component.params)):
        return
    case = home_of(component)
    built = component.built(case)
    own = {id(each) for each in Harness(component, case, built=built).variables()}
    for each in built.held:
        if isinstance(each.part, keras.layers.Layer):
            for variable in each.part.trainable_variables:
                tracked = id(variable) in own
                require(tracked, f"it holds {each.slot.offer.name}, but not {variable.path}")

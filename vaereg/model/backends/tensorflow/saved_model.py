"""Writes a VAE as a SavedModel: encode, decode, reconstruct and sample, without vaereg."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf
from keras import ops

import vaereg
from vaereg.assembly.passes import Passes
from vaereg.contracts.conditions import Condition, Given, probe_conditions
from vaereg.contracts.plain_values import JsonObject
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.errors import RunError, UsageError
from vaereg.model.inference import DECODING, ENCODING

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

Draw = Callable[[Tensor, Seed, Given], Tensor]
"""(n, seed, conditions) -> n latents (n, *latent), traced by TensorFlow."""


FUNCTIONS = ("serve", "encode", "decode", "reconstruct", "sample")
"""The functions of a SavedModel; `serve` reconstructs, under the name that Keras uses."""

FACTS = "vaereg.json"
"""The file that says what the functions take and give."""

TOLERANCE = 1e-4
"""How far exported numbers may be from those of the model, as a share of the largest one."""


class Served(tf.Module):
    """The functions of a SavedModel.

    Conditions that a function's parts ask for are further arguments, in the order of the data.

    Args:
        vae: the trained model.
        draw: draws latents.
        drawn_with: the names of the conditions that `draw` asks for.
        further: variables of `draw` that do not belong to the model.
    """

    def __init__(
        self,
        vae: VAE,
        draw: Draw,
        drawn_with: Sequence[str] = (),
        further: Sequence[keras.Variable] = (),
    ) -> None:
        super().__init__(name="vaereg")
        layers = [each for each in vae.layers if each not in (vae.average, vae.balancer)]
        variables = [variable for layer in layers for variable in layer.variables]
        self.kept = [variable.value for variable in (*variables, *further)]
        self._passes = Passes.of(vae.parts)
        self._noise = ArgumentSeed()
        self._draw = draw
        spec = self._spec = vae.parts.data_spec
        self._latent_shape = tuple(vae.parts.latent.shape)
        self._conditions = {
            name: spec.conditions(self._asked(parts))
            for name, parts in (
                ("encode", ENCODING),
                ("decode", DECODING),
                ("reconstruct", (*ENCODING, *DECODING)),
            )
        }
        asked = {*drawn_with, *(each.name for each in self._conditions["decode"])}
        self._conditions["sample"] = spec.conditions(asked)
        x = tf.TensorSpec((None, *spec.shape), tf.float32, "x")
        z = tf.TensorSpec((None, *self._latent_shape), tf.float32, "z")
        count, seed = tf.TensorSpec((), tf.int32, "n"), tf.TensorSpec((), tf.int32, "seed")
        self.encode = self._function(self._encode, "encode", x)
        self.decode = self._function(self._decode, "decode", z)
        self.reconstruct = self._function(self._reconstruct, "reconstruct", x)
        self.serve = self._function(self._reconstruct, "reconstruct", x)  # Keras's name
        self.sample = self._function(self._sample, "sample", count, seed)

    def conditions_of(self, function: str) -> tuple[Condition, ...]:
        """The conditions that a function takes after its other arguments."""
        return self._conditions["reconstruct" if function == "serve" else function]

    def some_arguments(self, function: str, n: int) -> list[Tensor]:
        """Random arguments of a function for n examples."""
        rng = np.random.default_rng(n)
        spec, latent = self._spec, self._latent_shape
        first: list[np.ndarray]
        if function == "sample":
            first = [np.array(n, np.int32), np.array(7, np.int32)]
        elif function == "decode":
            first = [rng.standard_normal((n, *latent)).astype("float32")]
        else:
            low, high = spec.value_range or (-1.0, 1.0)
            first = [rng.uniform(low, high, (n, *spec.shape)).astype("float32")]
        given = probe_conditions(self.conditions_of(function), n)
        return [tf.constant(each) for each in (*first, *given.values())]

    def _asked(self, parts: Sequence[str]) -> set[str]:
        return {name for part in parts for name in self._passes.asked.get(part, ())}

    def _function(
        self, body: Callable[..., Tensor], name: str, *specs: tf.TensorSpec
    ) -> Callable[..., Tensor]:
        conditions = self._conditions[name]
        given = [
            tf.TensorSpec(
                (None, *each.shape), tf.float32 if each.classes is None else tf.int32, each.name
            )
            for each in conditions
        ]
        names, count = [each.name for each in conditions], len(specs)

        def traced(*values: Tensor) -> Tensor:
            told = dict(zip(names, values[count:], strict=True))
            return body(*values[:count], told)

        function: Callable[..., Tensor] = tf.function(
            traced, input_signature=[*specs, *given], autograph=False
        )
        return function

    def _encode(self, x: Tensor, given: Given) -> dict[str, Tensor]:
        latent = self._passes.told(given).encode_mode(x)
        found = {"mode": latent.mode}
        if latent.log_var is not None:
            found["log_var"] = latent.log_var
        return found

    def _decode(self, z: Tensor, given: Given) -> Tensor:
        passes = self._passes.told(given)
        return passes.mean(passes.decode(z))

    def _reconstruct(self, x: Tensor, given: Given) -> Tensor:
        return self._passes.told(given).reconstruct(x)

    def _sample(self, n: Tensor, seed: Tensor, given: Given) -> Tensor:
        passes = self._passes.told(given)
        noise = self._noise.starting_from(seed)
        latents = ops.cast(self._draw(n, noise, given), "float32")
        return passes.shown(passes.decode(latents), noise)


class ArgumentSeed(keras.random.SeedGenerator):
    """Gives the seeds of a traced function, which all depend on its argument `seed`."""

    def __init__(self) -> None:
        super().__init__(0, name="argument_seed")
        self._seed: Tensor = None
        self._given = 0

    def starting_from(self, seed: Tensor) -> ArgumentSeed:
        """Begins anew with another seed."""
        self._seed, self._given = seed, 0
        return self

    def next(self, ordered: bool = True) -> Tensor:
        """The seed of the next draw, (2,) uint32."""
        del ordered
        number, self._given = self._given, self._given + 1
        return ops.cast(ops.stack([self._seed, ops.convert_to_tensor(number, "int32")]), "uint32")


def write_saved_model(served: Served, path: Path, facts: JsonObject) -> None:
    """Writes the functions to a folder, once they give the numbers of the model there.

    The folder is complete or not there at all; an older SavedModel in its place is replaced.

    Args:
        served: the functions.
        path: the folder.
        facts: what users of the functions must know; written to vaereg.json in the folder.

    Raises:
        UsageError: if something else is in the place of the folder.
        RunError: if the functions cannot be traced, give other numbers once they are read back, or
            the operating system refuses.
    """
    check_place(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror or error}") from error
    try:
        written = draft / "new"
        signatures = _signatures(served)
        tf.saved_model.save(served, str(written), signatures=signatures)
        _check_numbers(served, written)
        (written / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        if path.exists():
            path.rename(draft / "old")
        written.rename(path)
    except (OSError, tf.errors.OpError) as error:
        raise RunError(f"cannot write {path}: {error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def check_place(path: Path) -> None:
    """Checks that a SavedModel can be written to a place.

    Raises:
        UsageError: if something other than a SavedModel is there.
    """
    if (path.exists() or path.is_symlink()) and not (path / "saved_model.pb").is_file():
        raise UsageError(f"{path} exists and is no SavedModel; name another folder")


def _signatures(served: Served) -> dict[str, Callable[..., Tensor]]:
    found = {}
    for name in FUNCTIONS:
        try:
            found[name] = getattr(served, name).get_concrete_function()
        except (TypeError, ValueError, AttributeError, NotImplementedError) as error:
            first = str(error).strip().splitlines()
            raise RunError(
                f"`{name}` of this model cannot be exported, because a part computes outside of "
                f"keras.ops: {first[-1] if first else type(error).__name__}"
            ) from error
    return {**found, "serving_default": found["serve"]}


def _check_numbers(served: Served, folder: Path) -> None:
    """Compares the functions that were written with the model, for batches of two sizes."""
    loaded = tf.saved_model.load(str(folder))
    for n in (2, 3):
        for name in FUNCTIONS:
            arguments = served.some_arguments(name, n)
            due = arrays_of(getattr(served, name).python_function(*arguments))
            for key, values in arrays_of(getattr(loaded, name)(*arguments)).items():
                allowed = TOLERANCE * max(1.0, float(np.max(np.abs(due[key]))))
                off = float(np.max(np.abs(values - due[key])))
                if values.shape != due[key].shape or not off <= allowed:
                    raise RunError(
                        f"the exported `{name}` gives other numbers than the model: {off:.3g} "
                        f"apart, allowed are {allowed:.3g}. Nothing was written."
                    )


def arrays_of(found: Tensor | dict[str, Tensor]) -> dict[str, np.ndarray]:
    """The result of a function as arrays by name; a single tensor has the name ''."""
    named = found if isinstance(found, dict) else {"": found}
    return {name: np.asarray(value) for name, value in named.items()}


def export_with_prior(vae: VAE, path: Path) -> None:
    """Writes a model whose function `sample` draws from the prior; see `write_saved_model`."""
    passes = Passes.of(vae.parts)

    def draw(n: Tensor, seed: Seed, given: Given) -> Tensor:
        return passes.told(given).draw_prior(n, seed)

    export_with(vae, path, draw, passes.asked.get("prior", ()))


def export_with(
    vae: VAE,
    path: Path,
    draw: Draw,
    drawn_with: Sequence[str] = (),
    further: Sequence[keras.Variable] = (),
) -> None:
    """Writes a model whose function `sample` draws latents with `draw`.

    Args:
        vae, draw, drawn_with, further: see `Served`.
        path: the folder; see `write_saved_model`.
    """
    with vae.averaged():
        served = Served(vae, draw, drawn_with, further)
        write_saved_model(served, path, facts_of(vae, served))


def facts_of(vae: VAE, served: Served) -> JsonObject:
    """What users of the functions must know about a model."""
    spec = vae.parts.data_spec
    return {
        "vaereg": vaereg.__version__,
        "model": vae.name,
        "example": {
            "form": spec.form,
            "shape": list(spec.shape),
            "value_range": None if spec.value_range is None else list(spec.value_range),
            "original_range": None if spec.original_range is None else list(spec.original_range),
        },
        "latent": list(vae.parts.latent.shape),
        "functions": {
            name: [
                *{"decode": ["z"], "sample": ["n", "seed"]}.get(name, ["x"]),
                *(each.name for each in served.conditions_of(name)),
            ]
            for name in FUNCTIONS
        },
        "conditions": {
            each.name: {
                "shape": list(each.shape),
                "classes": each.classes,
                "class_names": list(each.class_names),
            }
            for each in spec.given
        },
    }

"""Keras's own ways to keep a model: `save`, `save_weights`, `load_weights`, and `load_model`."""

from __future__ import annotations

import json
import os
import warnings
import zipfile
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import attrs
import h5py
import keras
import numpy as np

from vaereg.assembly.parts import Parts
from vaereg.declaration.declaration import Declaration
from vaereg.errors import RunError, UsageError
from vaereg.model import named_arrays
from vaereg.model.made_from import made_from
from vaereg.model.optimizers import PlayersOptimizer
from vaereg.model.saved_model import Origin, read_saved_model, saved_model
from vaereg.model.schedule_time import ScheduleTime
from vaereg.model.training_by_fit import TrainingByFit
from vaereg.runs.atomic import Json, JsonObject, replacing
from vaereg.runs.state_file import read_state, write_state

INDEX = "index"
"""The entry of a .keras file that names its arrays; each has its number in this list as a key."""

WEIGHTS = ".weights.h5"

ANOTHER = "load_weights(..., skip_mismatch=True) loads what fits and leaves the rest as it is."


@attrs.define(eq=False)
class _Files:
    """What saving and loading remember; Keras must not track it.

    Args:
        origin: what the model was built from.
        config: the part of its config that never changes, once it is known.
        fault: why a load failed.
        hides_parts: whether the next `dir` is Keras's search for parts.
        skips_mismatch: whether a load takes only what fits.
    """

    origin: Origin
    config: JsonObject | None = None
    fault: Exception | None = None
    hides_parts: bool = False
    skips_mismatch: bool = False


class KerasFiles(TrainingByFit):
    """Files of Keras: the whole model in a .keras file, or all its values in a .weights.h5 file.

    Both hold everything that continues the training to the bit: weights, averages, the optimizers'
    variables, random states, the number of steps and the time of schedules.
    """

    def __init__(self, parts: Parts, declaration: Declaration, dataset_size: int) -> None:
        super().__init__(parts, declaration, dataset_size)
        self._files = _Files(Origin(declaration))

    @property
    def origin(self) -> Origin:
        """What this model was built from."""
        return self._files.origin

    @origin.setter
    def origin(self, origin: Origin) -> None:
        self._files.origin = origin

    # ---- the whole model ----

    def save(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        zipped: bool | None = None,
        **kwargs: Any,  # those of keras.Model.save, which has no types
    ) -> None:
        """Saves the whole model; `keras.models.load_model` opens it once vaereg is imported.

        Args:
            filepath: a path that ends in .keras.
            overwrite: whether a file of this name is replaced.
            zipped, kwargs: as in Keras.

        Raises:
            UsageError: for another path, or if a part given to `vaereg.build` cannot be saved.
            RunError: if the file cannot be written; a previous one stays as it is.
        """
        path = Path(filepath)
        if zipped is False or "://" in str(filepath):
            super().save(filepath, overwrite=overwrite, zipped=zipped, **kwargs)
            return
        _check_name(path, ".keras", overwrite)
        with replacing(path) as temporary:
            named = temporary.with_name(f"{temporary.name}.keras")  # Keras asks for the suffix
            try:
                super().save(named, **kwargs)
                named.replace(temporary)
            finally:
                named.unlink(missing_ok=True)

    def get_config(self) -> JsonObject:
        """The declaration, the data's specification and the components, for a .keras file."""
        if self._files.config is None:
            spec = self.parts.data_spec
            self._files.config = saved_model(self.origin, spec, self._terms.dataset_size)
        frozen = [v.path for v in self.by_player["vae"] if not v.trainable]
        return {**self._files.config, "frozen": frozen}

    @classmethod
    def from_config(
        cls,
        config: Mapping[str, Json],
        custom_objects: Mapping[str, object] | None = None,
    ) -> KerasFiles:
        """Builds the model of a .keras file, with new weights, and compiles it.

        Raises:
            PluginError: if a plugin is missing, with the command that installs it.
            RunError: if it was saved by a newer vaereg.
        """
        del custom_objects
        saved = read_saved_model(config)
        made = made_from(cls, saved.declaration, saved.spec, saved.examples, saved.given)
        made.origin = Origin(saved.declaration, saved.given)
        frozen = set(config.get("frozen", ()))
        for variable in made.by_player["vae"]:
            if variable.path in frozen:
                variable.trainable = False
        return made

    def get_build_config(self) -> None:
        """None: a model is built when it is made."""

    def get_compile_config(self) -> JsonObject | None:
        """What differs from the settings that the declaration gives, if anything does."""
        settings: JsonObject = {}
        if self.run_eagerly:
            settings["run_eagerly"] = True
        if self.steps_per_execution != 1:
            settings["steps_per_execution"] = self.steps_per_execution
        inner = getattr(self.optimizer, "inner_optimizer", self.optimizer)
        if not isinstance(inner, PlayersOptimizer):
            settings["optimizer"] = keras.saving.serialize_keras_object(self.optimizer)
        return settings or None

    def compile_from_config(self, config: Mapping[str, Json]) -> None:
        """Compiles with the settings of `get_compile_config`; the others stay as declared."""
        settings = dict(config)
        if keras.backend.backend() == "torch":
            settings.pop("steps_per_execution", None)  # which Keras cannot do there
        optimizer = settings.pop("optimizer", None)
        own = optimizer and keras.saving.deserialize_keras_object(optimizer)
        self.compile(optimizer=own or self.optimizer, jit_compile=self.jit_compile, **settings)
        if own:
            self.optimizer.build(self.trainable_variables)

    # ---- its values ----

    def save_weights(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        max_shard_size: float | None = None,
    ) -> None:
        """Saves all values; `load_weights` loads them into a model of the same declaration.

        Args:
            filepath: a path that ends in .weights.h5.
            overwrite: whether a file of this name is replaced.
            max_shard_size: as in Keras.

        Raises:
            UsageError: for another path.
            RunError: if the file cannot be written; a previous one stays as it is.
        """
        if max_shard_size is not None or "://" in str(filepath):
            super().save_weights(filepath, overwrite=overwrite, max_shard_size=max_shard_size)
            return
        path = Path(filepath)
        _check_name(path, WEIGHTS, overwrite)
        write_state(path, named_arrays.values(self._named()), {"time": self._time()})

    def load_weights(
        self,
        filepath: str | os.PathLike[str],
        skip_mismatch: bool = False,
        **kwargs: Any,  # those of keras.Model.load_weights, which has no types
    ) -> None:
        """Loads the values of a file, or only the weights of a run.

        Args:
            filepath: what `save_weights` or `save` wrote, or model.weights.h5 of a run folder.
            skip_mismatch: load what fits, with a warning, instead of raising an error.
            kwargs: as in Keras.

        Raises:
            RunError: if the file is missing or damaged, or holds the values of another model.
        """
        path = Path(filepath)
        self._files.skips_mismatch = skip_mismatch
        try:
            if "://" in str(filepath) or path.name.endswith(".json"):
                super().load_weights(filepath, skip_mismatch=skip_mismatch, **kwargs)
            elif not path.is_file():
                raise RunError("there is no such file.")
            elif _is_state_file(path):
                arrays, attributes = read_state(path)
                self._assign(arrays, attributes.get("time"))
            elif zipfile.is_zipfile(path) or h5py.is_hdf5(path):
                super().load_weights(filepath, skip_mismatch=skip_mismatch, **kwargs)
            else:
                raise RunError("it is no file of weights.")
        except (RunError, OSError, ValueError, KeyError) as error:
            raise RunError(f"{path} cannot be loaded: {self._cause(error)}") from error
        finally:
            self._files.skips_mismatch = False

    def save_own_variables(self, store: MutableMapping[str, np.ndarray]) -> None:
        """Keras calls this to save the model; it stores the values of all parts as well."""
        arrays = named_arrays.values(self._named())
        index = json.dumps({"names": list(arrays), "time": self._time()})
        store[INDEX] = np.frombuffer(index.encode(), np.uint8)
        for number, array in enumerate(arrays.values()):
            store[str(number)] = array
        self._files.hides_parts = True

    def load_own_variables(self, store: Mapping[str, np.ndarray]) -> None:
        """Keras calls this to load what `save_own_variables` stored.

        Raises:
            RunError: if it is the state of another model.
        """
        self._files.hides_parts = True
        self._files.fault = None
        try:
            if INDEX not in store:
                raise RunError("it holds the weights of another kind of model.")
            index = json.loads(bytes(np.asarray(store[INDEX], np.uint8)))
            arrays = {name: store[str(number)] for number, name in enumerate(index["names"])}
            self._assign(arrays, index["time"])
        except RunError as fault:
            self._files.fault = fault  # Keras raises another error at the end
            raise

    def __dir__(self) -> list[str]:
        """The names of the attributes; none at all once, while Keras looks for parts to save.

        Keras finds the parts of a model by `dir`, after it has called the model's own method.
        That method handles the parts too, strictly and by name: Keras would do it once more, and
        it skips variables that a part holds in a way it does not know.
        """
        files = self.__dict__.get("_files")
        if files is not None and files.hides_parts:
            files.hides_parts = False
            return []
        return [*super().__dir__()]

    # ---- the weights alone ----

    def weights_only(self) -> dict[str, np.ndarray]:
        """The weights for evaluation, by path; see `averaged`."""
        with self.averaged():
            self.synchronise()
            return named_arrays.values(self.usable_weights())

    def load_weights_only(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Loads weights that `weights_only()` returned; averages become equal to the weights.

        Raises:
            RunError: if a path is on one side only, or a shape differs.
        """
        named_arrays.assign(self.usable_weights(), arrays)
        self.restart_evaluation_weights()

    def usable_weights(self) -> dict[str, keras.Variable]:
        """The weights of the parts, without averages, counters and random states."""
        variables = []
        for layer in self.layers:
            if layer is not self.average and layer is not self.balancer:
                variables.extend(layer.weights)
        return named_arrays.by_path(variables)

    # ---- names ----

    def _named(self) -> dict[str, keras.Variable]:
        """All variables by a name that is the same in an equal model.

        Keras numbers the layers of a given part anew in each process, so there a place in the list
        of variables is a name.
        """
        variables = self.all_variables()
        if self.origin.given:
            return {f"variable {number}": each for number, each in enumerate(variables)}
        return named_arrays.by_path(variables)

    def _time(self) -> JsonObject:
        return attrs.asdict(self.schedule_time)

    def _assign(self, arrays: Mapping[str, np.ndarray], time: JsonObject | None) -> None:
        self.synchronise()
        variables = self._named()
        if self._files.skips_mismatch:
            fitting = {
                name: array
                for name, array in arrays.items()
                if name in variables and tuple(array.shape) == tuple(variables[name].shape)
            }
            skipped = len(variables.keys() | arrays.keys()) - len(fitting)
            if skipped:
                warnings.warn(
                    f"{skipped} values do not fit this model and were skipped", stacklevel=3
                )
            named_arrays.assign({name: variables[name] for name in fitting}, fitting)
        elif time is None and self.global_step.path not in arrays:
            self.load_weights_only(arrays)
        else:
            named_arrays.assign(variables, arrays)
        if time is not None:
            self.schedule_time = ScheduleTime(**time)

    def _cause(self, error: Exception) -> str:
        fault = self._files.fault
        self._files.fault = None
        text = str(fault or error)
        return f"{text}\n{ANOTHER}" if "do not fit" in text else text


def _check_name(path: Path, suffix: str, overwrite: bool) -> None:
    if not path.name.endswith(suffix):
        raise UsageError(f"the name of the file must end in {suffix}; got {str(path)!r}")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists; overwrite=True replaces it")


def _is_state_file(path: Path) -> bool:
    """Whether vaereg wrote the file, and not Keras."""
    if not h5py.is_hdf5(path):
        return False
    with h5py.File(path, "r") as file:
        return "arrays" in file and "form" in file.attrs

"""vaereg composes, trains and evaluates variational autoencoders made of plugin components.

Names are imported when they are first used, so that `import vaereg` never imports keras.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaereg.first_use import imported_on_first_use
from vaereg.registered_with_keras import register_with_keras

__version__ = "0.1.0"

if TYPE_CHECKING:
    from vaereg.api import build as build
    from vaereg.api import load as load
    from vaereg.component import API as API
    from vaereg.component import REQUIRED as REQUIRED
    from vaereg.component import Component as Component
    from vaereg.component import param as param
    from vaereg.contracts.conditions import Condition as Condition
    from vaereg.contracts.context import BuildContext as BuildContext
    from vaereg.contracts.data import ArraySplit as ArraySplit
    from vaereg.contracts.data import Data as Data
    from vaereg.contracts.data import DataSpec as DataSpec
    from vaereg.contracts.data import Split as Split
    from vaereg.contracts.evidence import Evidence as Evidence
    from vaereg.contracts.examples import Examples as Examples
    from vaereg.contracts.latent import Latent as Latent
    from vaereg.contracts.latent_groups import LatentGroups as LatentGroups
    from vaereg.contracts.loss import AddressedLosses as AddressedLosses
    from vaereg.contracts.loss import Loss as Loss
    from vaereg.contracts.metric import Measured as Measured
    from vaereg.contracts.metric import ScoreInfo as ScoreInfo
    from vaereg.contracts.objective import Bound as Bound
    from vaereg.contracts.schedule import Schedule as Schedule
    from vaereg.contracts.slot import LearningRateSchedule as LearningRateSchedule
    from vaereg.contracts.slot import Slot as Slot
    from vaereg.contracts.slot import slot as slot
    from vaereg.contracts.step import Step as Step
    from vaereg.contracts.tensor import Seed as Seed
    from vaereg.contracts.tensor import Tensor as Tensor
    from vaereg.errors import BackendError as BackendError
    from vaereg.errors import ContractError as ContractError
    from vaereg.errors import DataError as DataError
    from vaereg.errors import DeclarationError as DeclarationError
    from vaereg.errors import LockError as LockError
    from vaereg.errors import PluginError as PluginError
    from vaereg.errors import RunError as RunError
    from vaereg.errors import UsageError as UsageError
    from vaereg.errors import VaeregError as VaeregError
    from vaereg.hookspecs import hookimpl as hookimpl
    from vaereg.kinds import KINDS as KINDS
    from vaereg.measures.count_within import count_within as count_within
    from vaereg.measures.luma import luma as luma
    from vaereg.measures.nearest_in_training import nearest_in_training as nearest_in_training
    from vaereg.measures.nearest_neighbours import nearest_neighbours as nearest_neighbours
    from vaereg.measures.nearest_other import nearest_other as nearest_other
    from vaereg.measures.neighbours import Neighbours as Neighbours
    from vaereg.measures.order_by_content import order_by_content as order_by_content
    from vaereg.measures.pair_statistics import Cubes as Cubes
    from vaereg.measures.pair_statistics import PairStatistics as PairStatistics
    from vaereg.measures.pair_statistics import pair_statistics as pair_statistics
    from vaereg.measures.radial_spectrum import radial_spectrum as radial_spectrum
    from vaereg.model.backends.choice import gradient as gradient
    from vaereg.model.optimizers import learning_rate as learning_rate
    from vaereg.trained.trained_model import TrainedModel as TrainedModel
    from vaereg.workflows.ablate import ablate as ablate
    from vaereg.workflows.compare import compare as compare
    from vaereg.workflows.evaluate import evaluate as evaluate
    from vaereg.workflows.report import report as report
    from vaereg.workflows.resume import resume as resume
    from vaereg.workflows.runs.diff_runs import diff_runs as diff_runs
    from vaereg.workflows.runs.list_runs import list_runs as list_runs
    from vaereg.workflows.train import train as train

_HOMES = {
    "API": "vaereg.component",
    "AddressedLosses": "vaereg.contracts.loss",
    "ArraySplit": "vaereg.contracts.data",
    "BackendError": "vaereg.errors",
    "Bound": "vaereg.contracts.objective",
    "BuildContext": "vaereg.contracts.context",
    "Component": "vaereg.component",
    "Condition": "vaereg.contracts.conditions",
    "ContractError": "vaereg.errors",
    "Cubes": "vaereg.measures.pair_statistics",
    "Data": "vaereg.contracts.data",
    "DataError": "vaereg.errors",
    "DataSpec": "vaereg.contracts.data",
    "DeclarationError": "vaereg.errors",
    "Evidence": "vaereg.contracts.evidence",
    "Examples": "vaereg.contracts.examples",
    "KINDS": "vaereg.kinds",
    "Latent": "vaereg.contracts.latent",
    "LatentGroups": "vaereg.contracts.latent_groups",
    "LearningRateSchedule": "vaereg.contracts.slot",
    "Loss": "vaereg.contracts.loss",
    "LockError": "vaereg.errors",
    "Measured": "vaereg.contracts.metric",
    "Neighbours": "vaereg.measures.neighbours",
    "PairStatistics": "vaereg.measures.pair_statistics",
    "PluginError": "vaereg.errors",
    "REQUIRED": "vaereg.component",
    "RunError": "vaereg.errors",
    "Schedule": "vaereg.contracts.schedule",
    "ScoreInfo": "vaereg.contracts.metric",
    "Seed": "vaereg.contracts.tensor",
    "Slot": "vaereg.contracts.slot",
    "Split": "vaereg.contracts.data",
    "Step": "vaereg.contracts.step",
    "Tensor": "vaereg.contracts.tensor",
    "TrainedModel": "vaereg.trained.trained_model",
    "UsageError": "vaereg.errors",
    "VaeregError": "vaereg.errors",
    "ablate": "vaereg.workflows.ablate",
    "build": "vaereg.api",
    "compare": "vaereg.workflows.compare",
    "count_within": "vaereg.measures.count_within",
    "diff_runs": "vaereg.workflows.runs.diff_runs",
    "evaluate": "vaereg.workflows.evaluate",
    "gradient": "vaereg.model.backends.choice",
    "hookimpl": "vaereg.hookspecs",
    "learning_rate": "vaereg.model.optimizers",
    "list_runs": "vaereg.workflows.runs.list_runs",
    "load": "vaereg.api",
    "luma": "vaereg.measures.luma",
    "nearest_in_training": "vaereg.measures.nearest_in_training",
    "nearest_neighbours": "vaereg.measures.nearest_neighbours",
    "nearest_other": "vaereg.measures.nearest_other",
    "order_by_content": "vaereg.measures.order_by_content",
    "pair_statistics": "vaereg.measures.pair_statistics",
    "param": "vaereg.component",
    "radial_spectrum": "vaereg.measures.radial_spectrum",
    "report": "vaereg.workflows.report",
    "resume": "vaereg.workflows.resume",
    "slot": "vaereg.contracts.slot",
    "train": "vaereg.workflows.train",
}

__all__ = [*sorted(_HOMES), "__version__"]  # pyright: ignore  # one table serves all


__getattr__ = imported_on_first_use(__name__, _HOMES, globals())


register_with_keras()


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})

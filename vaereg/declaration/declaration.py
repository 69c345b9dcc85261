"""What registry.toml declares for one model, resolved: defaults filled in, `extends` merged."""

from __future__ import annotations

from pathlib import Path

import attrs

from vaereg.component import ParamInfo, param
from vaereg.contracts.latent_shapes import LatentShapes
from vaereg.contracts.schedule import Schedule
from vaereg.contracts.slot import NOWHERE as NOWHERE
from vaereg.contracts.slot import ONE as ONE
from vaereg.contracts.slot import Adaptive as Adaptive
from vaereg.contracts.slot import Balance as Balance
from vaereg.contracts.slot import NamedChoice as NamedChoice
from vaereg.contracts.slot import Slot as Slot
from vaereg.contracts.slot import held_slots
from vaereg.frozen import frozen

AUTO = "auto"
"""The value of `features` that chooses the feature extractor that suits the data."""


@frozen(kw_only=True)
class KLControl:
    """How the KL divergence enters the loss.

    Args:
        weight: beta.
        free_bits: in nats; each group's batch mean is penalised only above this value (Kingma et
            al. 2016, arXiv:1606.04934, eq. 15).
        capacity: C, for weight * |KL - C| (Burgess et al. 2018, arXiv:1804.03599, eq. 8), or None.
    """

    weight: Schedule = param(ONE, "beta, the weight of the KL divergence", ge=0)
    free_bits: float = param(
        0.0, "each group's KL divergence is penalised only above this value", ge=0, unit="nats"
    )
    capacity: Schedule | None = param(
        None, "the target of the KL divergence, in weight * |KL - capacity|", ge=0, unit="nats"
    )


@frozen(kw_only=True)
class EarlyStopping:
    """When to stop before the last epoch."""

    monitor: str = param(
        "val_loss", "the logged term to watch; a loss, with the final weights of its terms"
    )
    patience: int = param(
        10,
        "how many epochs to wait for an improvement; for an eval_ term, how many evaluations, "
        "since it changes only then",
        ge=0,
        unit="epochs",
    )
    min_delta: float = param(0.0, "the smallest change that counts as an improvement", ge=0)
    mode: str = param(
        "auto", "whether smaller or larger values are better", choices=("auto", "min", "max")
    )


@frozen(kw_only=True)
class Checkpointing:
    """When to write checkpoints, beyond one after every epoch."""

    every_steps: int = param(
        0, "how many steps between checkpoints within an epoch; 0 for none", ge=0, unit="steps"
    )
    every_seconds: float = param(
        60.0, "how many seconds between checkpoints within an epoch; 0 for none", ge=0, unit="s"
    )
    monitor: str = param(
        "val_loss",
        "the logged term whose best epoch is kept as `best`; a loss, with the final weights of its "
        "terms",
    )
    mode: str = param(
        "auto", "whether smaller or larger values are better", choices=("auto", "min", "max")
    )


@frozen(kw_only=True)
class Evaluating:
    """When and how the model is evaluated during training, on validation data only."""

    every: int = param(
        5, "how many epochs between evaluations; the last is always evaluated", ge=1, unit="epochs"
    )
    examples: int = param(
        500, "the largest number of samples, and of validation examples, to use", ge=100
    )
    scores: tuple[str, ...] = param(
        ("spectrum_distance", "coverage", "kernel_distance"),
        "scores to log, each as eval_NAME, or as eval_NAME_EXTRACTOR if it is measured in features",
    )
    features: str | dict[str, object] = param(
        AUTO,
        'the feature extractor: "auto", a name, or { use = "NAME", ... } with its parameters',
    )

    def __attrs_post_init__(self) -> None:
        if not self.scores:
            raise ValueError("scores must name at least one score; omit it for the default")


ADAM = NamedChoice(use="adam", params={"learning_rate": 1e-3})


@frozen(kw_only=True)
class TrainSettings:
    """How to train: `[train]`, overridden by `[models.NAME.train]`."""

    epochs: int = param(20, "how many passes over the training data", ge=1, unit="epochs")
    batch_size: int = param(128, "examples per step", ge=1)
    seed: int = param(0, "the seed of initial weights, data order and noise", ge=0, lt=2**31)
    optimizer: NamedChoice = param(ADAM, "an optimizer by its name, with its parameters")
    optimizers: dict[str, NamedChoice] = attrs.field(
        factory=dict,
        metadata={
            "vaereg": ParamInfo(
                meaning="optimizers of single parts, of a side of the VAE, or of a term with "
                "weights of its own, by name"
            )
        },
    )
    precision: str = param(
        "float32",
        "Keras's dtype policy",
        choices=("float32", "mixed_bfloat16", "mixed_float16"),
    )
    ema: float = param(
        0.0,
        "decay of the averaged weights used for sampling and evaluation; 0 for none",
        ge=0,
        lt=1,
    )
    early_stopping: EarlyStopping | None = param(None, "when to stop before the last epoch")
    checkpoint: Checkpointing = param(Checkpointing(), "when to write checkpoints")
    samples_every: int = param(
        1, "how many epochs between sample grids; 0 for one grid at the end", ge=0, unit="epochs"
    )
    validate_every: int = param(1, "how many epochs between validations", ge=1, unit="epochs")
    evaluate: Evaluating | None = param(None, "when and how to evaluate during training")
    tensorboard: bool = param(False, "write TensorBoard logs into the run folder")
    jit: bool | None = param(
        None, "compile the step with XLA; by default, Keras decides for the backend and device"
    )


@frozen(kw_only=True)
class Declaration:
    """One model, resolved and ready to build.

    Args:
        model: the model's name.
        data_slot: the dataset; `data_name` is its key under [data].
        latent: the groups of a latent; one group where a number or a shape is declared.
        latent_augment: the augmentations of latents on their way to the decoder.
        source: the file the model was read from.
        folder: the absolute folder from which relative paths start.
        warnings: about things that work but should change, such as deprecated components.
    """

    model: str
    data_name: str
    data_slot: Slot
    latent: LatentShapes
    encoder: Slot
    posterior: Slot
    prior: Slot
    decoder: Slot
    likelihood: Slot
    objective: Slot
    sampler: Slot
    regularizers: tuple[Slot, ...] = ()
    discriminators: tuple[Slot, ...] = ()
    latent_augment: tuple[Slot, ...] = ()
    kl: KLControl = KLControl()
    train: TrainSettings = attrs.field(factory=TrainSettings)
    source: str = attrs.field(default="registry.toml", eq=False)
    folder: Path = attrs.field(factory=Path.cwd)
    warnings: tuple[str, ...] = attrs.field(default=(), eq=False)

    @property
    def latent_shape(self) -> tuple[int, ...]:
        """The shape of one latent z, without the batch axis."""
        return self.latent.shape

    def told(self, slot: Slot) -> tuple[str, ...]:
        """The conditions that the component of a slot is told, in the order of the data."""
        return slot.offer.component.told(self.data_slot.given)

    @property
    def cache(self) -> Path:
        """The cache folder; its files can be regenerated."""
        return cache_beside(self.folder)

    def slots(self) -> tuple[Slot, ...]:
        """Every filled slot, the dataset first, without augmentations."""
        return (
            self.data_slot,
            *self.model_slots(),
        )

    def augmentations(self) -> tuple[tuple[str, Slot], ...]:
        """Every augmentation by its address: `dataset.augment.0`, `latent_augment.0`."""
        return (
            *((f"dataset.augment.{i}", slot) for i, slot in enumerate(self.data_slot.augment)),
            *((f"latent_augment.{i}", slot) for i, slot in enumerate(self.latent_augment)),
        )

    def every_slot(self) -> tuple[tuple[str, Slot], ...]:
        """Every filled slot by its address (`decoder`, `regularizers.mmd`, `train.optimizer`),
        each followed by the slots that its parameters hold, such as `decoder.inner`."""
        addressed = []
        for slot in self.slots():
            many = slot.kind in {"regularizer", "discriminator"}
            addressed.append((f"{slot.kind}s.{slot.key}" if many else slot.kind, slot))
        addressed += self.augmentations()
        chosen = self.optimizers().items()
        addressed += [(address, each.slot) for address, each in chosen if each.slot is not None]
        found: list[tuple[str, Slot]] = []
        for address, slot in addressed:
            found.append((address, slot))
            found += [(f"{address}.{key}", held) for key, held in held_slots(slot)]
        return tuple(found)

    def optimizers(self) -> dict[str, NamedChoice]:
        """Every declared optimizer by its address, such as `train.optimizers.encoder`."""
        found = {"train.optimizer": self.train.optimizer}
        found |= {f"train.optimizers.{name}": each for name, each in self.train.optimizers.items()}
        for slot in self.discriminators:
            if slot.optimizer is not None:
                found[f"discriminators.{slot.key}.optimizer"] = slot.optimizer
        if self.sampler.train is not None and self.sampler.train.optimizer is not None:
            found["sampler.train.optimizer"] = self.sampler.train.optimizer
        return found

    def model_slots(self) -> tuple[Slot, ...]:
        """Every filled slot except the dataset."""
        return (
            self.encoder,
            self.posterior,
            self.prior,
            self.decoder,
            self.likelihood,
            self.objective,
            self.sampler,
            *self.regularizers,
            *self.discriminators,
        )


def cache_beside(folder: Path) -> Path:
    """The cache folder of the registry.toml in `folder`; its files can be regenerated."""
    return folder / ".vaereg" / "cache"

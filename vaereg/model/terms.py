"""From the parts' unweighted per-example terms to each player's loss; the only place that averages.

The VAE minimises

    L_VAE = E[objective] + KL control + sum_i lambda_i E[R_i] + sum_j w_j E[generator_loss_j]

and each discriminator j minimises E[critic_loss_j], where E is the mean over the batch. The term of
an adaptive discriminator is a separate loss, since its weight is computed from gradients
(`vaereg.model.players`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import NamedTuple

import attrs
import keras
from keras import ops

from vaereg.assembly.blame import blaming
from vaereg.assembly.passes import Passes, as_float32
from vaereg.contracts.discriminator import Discriminator
from vaereg.contracts.latent import Latent
from vaereg.contracts.objective import Bound, Objective
from vaereg.contracts.prior import Prior
from vaereg.contracts.regularizer import Regularizer, penalty
from vaereg.contracts.schedule import Schedule
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.declaration.declaration import Adaptive, KLControl, Slot
from vaereg.errors import ContractError
from vaereg.model.schedule_time import ScheduleTime
from vaereg.model.step import LazyStep
from vaereg.runs.log import FINAL_LOSS

SIDES = ("inference", "generation")
"""The two players that the VAE is split into if an objective gives each its own loss."""


@attrs.frozen(eq=False)
class PlayerLoss:
    """A loss of one player.

    Args:
        player: whose variables it moves: "vae" or one of its `SIDES`, or a discriminator's key.
        value: the scalar that is differentiated.
        adaptive_of: the discriminator whose adaptive weight its gradients get; empty for a loss
            whose gradients are not weighted.
    """

    player: str
    value: Tensor
    adaptive_of: str = ""


class Losses(NamedTuple):
    """The losses and the logged terms of one step.

    Args:
        losses: the losses of the VAE, then for each discriminator its term in the VAE's loss, if
            its weight is adaptive, and its own loss.
        logs: term name -> the scalar to log; "loss" first.
    """

    losses: list[PlayerLoss]
    logs: dict[str, Tensor]


def weight_term(discriminator: str) -> str:
    """The term that logs a discriminator's adaptive weight; it exists only in training."""
    return f"{discriminator}_weight"


def named(part: object) -> AbstractContextManager[object]:
    """The name scope of a layer, so that paths of weights made in its methods begin with its name.

    Keras opens this scope when a layer is called, but not when one of its methods is called.
    """
    if isinstance(part, keras.layers.Layer):
        scope: AbstractContextManager[object] = keras.name_scope(part.name, caller=part)
        return scope
    return nullcontext()


def batch_mean(term: Tensor, what: str) -> Tensor:
    """The mean over the batch of a per-example term (B,), in float32.

    Raises:
        ContractError: if the term is not one value per example.
    """
    shape = getattr(term, "shape", None)
    if shape is None or len(shape) != 1:
        came = f"shape {tuple(shape)}" if shape is not None else repr(term)[:80]
        advice = (
            "It is already averaged over the batch; the engine does that."
            if shape == ()
            else "Sum over the other axes."
        )
        raise ContractError(
            f"{what} returned {came}; the law is one unweighted value per "
            f"example, shape (batch,). {advice}"
        )
    return ops.mean(as_float32(term))


def monte_carlo_kl(latent: Latent, prior: Prior) -> Tensor:
    """The one-sample estimate log q(z given x) - log p(z), shape (B, 1)."""
    return ops.expand_dims(latent.log_q - as_float32(prior.log_prob(latent.z)), -1)


def kl_divergence(latent: Latent, prior: Prior) -> Tensor:
    """The KL divergence of q from the prior (B, groups), in closed form where the prior has one."""
    closed_form = getattr(prior, "kl", None)
    if closed_form is not None and latent.log_var is not None:
        return as_float32(closed_form(latent))
    return monte_carlo_kl(latent, prior)


def controlled_kl(kl: Tensor, control: KLControl, weight: Tensor, capacity: Tensor) -> Tensor:
    """The KL term of the loss, a scalar.

    Args:
        kl: (groups,) the batch mean of each group.
        control: whether there are free bits and a capacity.
        weight: the current beta.
        capacity: the current C; ignored if the control has no capacity.
    """
    if control.free_bits:
        kl = ops.maximum(kl, control.free_bits)
    total = ops.sum(kl)
    if control.capacity is not None:
        total = ops.abs(total - capacity)
    return weight * total


class Terms:
    """Computes the losses of one step from the parts.

    Args:
        passes: the forward passes through the VAE's parts.
        objective: the objective.
        regularizers, discriminators: the objects by key.
        declared: their declared slots by key, with weights and warm-up.
        kl: the KL control.
        dataset_size: the number of training examples.
        time: how the number of steps becomes the time of a schedule.
        objective_slot: the declared slot of the objective.
    """

    def __init__(
        self,
        *,
        passes: Passes,
        objective: Objective,
        regularizers: Mapping[str, Regularizer],
        discriminators: Mapping[str, Discriminator],
        declared: dict[str, Slot],
        kl: KLControl,
        dataset_size: int,
        time: ScheduleTime,
        objective_slot: Slot | None = None,
    ) -> None:
        self.passes = passes
        self.objective = objective
        self.regularizers = regularizers
        self.discriminators = discriminators
        self.declared = declared
        self.kl = kl
        self.dataset_size = dataset_size
        self.time = time
        self.objective_slot = objective_slot
        self.split = bool(getattr(objective, "split", False))
        weights = (kl.weight, kl.capacity, *(declared[key].weight for key in regularizers))
        self.is_scheduled = any(isinstance(w, Schedule) and not w.is_constant for w in weights)
        """Whether the weight of a term in the loss changes during training."""
        self._probing = False

    @contextmanager
    def probing(self) -> Iterator[None]:
        """Within, an exception from a term names the component and the distribution it comes from.

        Only for the first call: later calls may fail because of the machine, such as out of memory.
        """
        self._probing = True
        try:
            yield
        finally:
            self._probing = False

    def _blaming(self, slot: Slot | None) -> AbstractContextManager[None]:
        if not self._probing or slot is None:
            return nullcontext()
        return blaming(slot, "cannot be used")

    def losses(self, x: Tensor, *, global_step: Tensor, seed: Seed, training: bool) -> Losses:
        """The losses and logged terms for the batch x (B, *data)."""
        latent, bound, outputs = self._bound(x, global_step, seed, training)
        step = LazyStep(
            passes=self.passes,
            x=x,
            latent=latent,
            outputs=outputs,
            global_step=global_step,
            epoch=self.time.epochs(global_step),
            dataset_size=self.dataset_size,
            training=training,
            seed=seed,
        )
        capacity = self._at(self.kl.capacity, global_step) if self.kl.capacity else 0.0
        vae, logs = self._objective_losses(bound, capacity)
        final = self._final_objective_loss(bound) if self.is_scheduled else 0.0
        for name, term in latent.terms.items():
            logs[name] = batch_mean(term, f"the posterior's term {name!r}")
            vae = {player: loss + logs[name] for player, loss in vae.items()}
            final = final + logs[name]
        for key, regularizer in self.regularizers.items():
            slot = self.declared[key]
            with named(regularizer), self._blaming(slot):
                what = f"regularizer {key!r} ({slot.offer.distribution} {slot.offer.version})"
                logs[key] = batch_mean(penalty(regularizer, step), what)
            assert isinstance(slot.weight, Schedule), "a discriminator's alone may be adaptive"
            weighted = self._at(slot.weight, global_step) * logs[key]
            vae = {player: loss + weighted for player, loss in vae.items()}
            final = final + slot.weight.final * logs[key]
        watched = {FINAL_LOSS: final} if self.is_scheduled else {}
        logs = {"loss": _mean(vae), **watched, **logs}

        others: list[PlayerLoss] = []
        for key, discriminator in self.discriminators.items():
            with named(discriminator), self._blaming(self.declared[key]):
                generator, critic, diagnostics = self._discriminated(key, discriminator, step)
            logs[f"{key}_generator"], logs[f"{key}_critic"] = generator, critic
            logs.update(diagnostics)
            slot = self.declared[key]
            if isinstance(slot.weight, Adaptive):
                others.append(PlayerLoss("vae", generator, adaptive_of=key))
            else:
                weight = self._at(slot.weight, global_step) * self.warmed_up(key, global_step)
                vae = {player: loss + weight * generator for player, loss in vae.items()}
            others.append(PlayerLoss(key, critic))
        return Losses([PlayerLoss(player, loss) for player, loss in vae.items()] + others, logs)

    def _discriminated(
        self, key: str, discriminator: Discriminator, step: LazyStep
    ) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """The averaged generator loss, critic loss and diagnostics of a discriminator."""
        generator = batch_mean(
            discriminator.generator_loss(step), f"generator_loss of discriminator {key!r}"
        )
        critic = batch_mean(
            discriminator.critic_loss(step), f"critic_loss of discriminator {key!r}"
        )
        offered = getattr(discriminator, "diagnostics", None)
        diagnostics = {
            f"{key}_{name}": batch_mean(value, f"diagnostic {name!r} of discriminator {key!r}")
            for name, value in (offered(step).items() if offered else ())
        }
        return generator, critic, diagnostics

    def warmed_up(self, discriminator: str, global_step: Tensor) -> Tensor:
        """1 once the discriminator has learned for its warm-up steps, else 0."""
        return ops.cast(global_step >= self.declared[discriminator].warmup_steps, "float32")

    def _at(self, schedule: Schedule, global_step: Tensor) -> Tensor:
        return self.time.value(schedule, global_step)

    def _bound(
        self, x: Tensor, global_step: Tensor, seed: Seed, training: bool
    ) -> tuple[Latent, Bound, Tensor]:
        """The first draw of each example, the bound over all K draws, the first draw's outputs."""
        samples = self.objective.samples
        importance = self.objective.importance
        latent = self.passes.encode(x, samples=samples, seed=seed, training=training)
        outputs = self.passes.decode(latent.z, training=training)
        repeated = ops.tile(x, (samples,) + (1,) * (len(x.shape) - 1)) if samples > 1 else x
        log_likelihood = as_float32(
            self.passes.likelihood.log_prob(repeated, outputs, training=training)
        )

        def per_sample(value: Tensor) -> Tensor:  # (K·B, ...) -> (K, B, ...)
            return ops.reshape(value, (samples, -1, *value.shape[1:]))

        def first(value: Tensor | None) -> Tensor | None:
            return value if value is None or samples == 1 else per_sample(value)[0]

        deterministic = latent.log_q is None
        kl = None
        if not importance and not deterministic:
            kl = ops.mean(per_sample(kl_divergence(latent, self.passes.prior)), axis=0)
        bound = Bound(
            log_likelihood=per_sample(log_likelihood),
            log_prior=per_sample(as_float32(self.passes.prior.log_prob(latent.z)))
            if importance
            else None,
            log_posterior=per_sample(latent.log_q) if importance else None,
            kl=kl,
            kl_weight=self._at(self.kl.weight, global_step),
        )
        extras = latent.extras
        if samples > 1 and latent.terms:
            means = {n: ops.mean(per_sample(t), axis=0) for n, t in latent.terms.items()}
            extras = {**dict(extras), "terms": means}
        chosen = Latent(
            first(latent.z), first(latent.mode), first(latent.log_var), first(latent.log_q), extras
        )
        return chosen, bound, first(outputs)

    def _final_objective_loss(self, bound: Bound) -> Tensor:
        """The objective's part of the loss, with the final KL weight and capacity."""
        at_the_end = bound._replace(kl_weight=self.kl.weight.final)
        capacity = self.kl.capacity.final if self.kl.capacity else 0.0
        return _mean(self._objective_losses(at_the_end, capacity)[0])

    def _objective_losses(
        self, bound: Bound, capacity: Tensor
    ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """The loss of each player of the VAE, and the terms to log."""
        with self._blaming(self.objective_slot):
            terms = self.objective(bound)
            if not self.split:
                loss, logs = self._reduced(terms, bound, capacity)
                return {"vae": loss}, logs
            losses: dict[str, Tensor] = {}
            side_logs: dict[str, Tensor] = {}
            for side in SIDES:
                losses[side], logs = self._reduced(terms[side], bound, capacity)
                side_logs.update({f"{side}_{name}": value for name, value in logs.items()})
            return losses, side_logs

    def _reduced(
        self, terms: Mapping[str, Tensor], bound: Bound, capacity: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The sum of an objective's averaged terms, with the KL control, and each term by name."""
        total: Tensor = 0.0
        logs: dict[str, Tensor] = {}
        for name, term in terms.items():
            if name == "kl":
                groups = ops.mean(term, axis=0)
                logs[name] = ops.sum(groups)
                total = total + controlled_kl(groups, self.kl, bound.kl_weight, capacity)
            else:
                logs[name] = batch_mean(term, f"the objective's term {name!r}")
                total = total + logs[name]
        return total, logs


def _mean(losses: Mapping[str, Tensor]) -> Tensor:
    return sum(losses.values()) / len(losses)

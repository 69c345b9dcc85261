"""From the parts' unweighted per-example terms to each player's loss; the only place that averages.

The VAE minimises

    L_VAE = E[objective] + KL control + sum_i lambda_i E[R_i] + sum_j w_j E[generator_loss_j]

and each discriminator j minimises E[critic_loss_j], where E is the mean over the batch. A term may
address its losses to single parts instead (`vaereg.contracts.loss`). Losses with a measured weight,
adaptive or balanced, stay separate, since that weight is computed from gradients
(`vaereg.model.players`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

import attrs
import keras
from keras import ops

from vaereg.assembly.blame import blaming
from vaereg.assembly.passes import Passes, as_float32
from vaereg.contracts.addresses import SELF, VAE
from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.discriminator import Discriminator
from vaereg.contracts.latent import Latent
from vaereg.contracts.loss import Loss, Term
from vaereg.contracts.objective import Bound, Objective
from vaereg.contracts.regularizer import Regularizer
from vaereg.contracts.schedule import Schedule
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.declaration.declaration import Balance, KLControl, Slot
from vaereg.declaration.watched_loss import is_comparable
from vaereg.errors import ContractError
from vaereg.model.losses.addressed import addressed
from vaereg.model.losses.first_draw import first_draw
from vaereg.model.losses.kl_terms import kl_divergence
from vaereg.model.losses.objective_terms import ObjectiveTerms
from vaereg.model.losses.player_losses import Losses, PlayerLoss, batch_mean, share
from vaereg.model.losses.step import LazyStep
from vaereg.model.losses.taps import Taps
from vaereg.model.schedule_time import ScheduleTime
from vaereg.runs.log import FINAL_LOSS


def weight_term(key: str) -> str:
    """The term that logs the measured weight of a term; it exists only in training."""
    return f"{key}_weight"


OF_DISCRIMINATORS = {VAE: "generator", SELF: "critic"}
"""Names of losses of discriminators, by address."""


def logged_name(slot: Slot, address: str) -> str:
    """The name under which the loss of a term with this address is logged."""
    if slot.kind == "discriminator":
        return f"{slot.key}_{OF_DISCRIMINATORS.get(address, address)}"
    return slot.key if address == VAE else f"{slot.key}_{address}"


def add_gate(gates: dict[str, Tensor], player: str, loss: Loss) -> None:
    """Adds the condition under which a loss lets its player take part in the step."""
    if loss.when is True:
        return
    when = ops.cast(loss.when, "bool")
    gates[player] = ops.logical_and(gates[player], when) if player in gates else when


def named(part: object) -> AbstractContextManager[object]:
    """The name scope of a layer, so that paths of weights made in its methods begin with its name.

    Keras opens this scope when a layer is called, but not when one of its methods is called.
    """
    if isinstance(part, keras.layers.Layer):
        scope: AbstractContextManager[object] = keras.name_scope(part.name, caller=part)
        return scope
    return nullcontext()


class Terms:
    """Computes the losses of one step from the parts.

    Args:
        passes: the forward passes through the VAE's parts.
        objective: the objective.
        regularizers, discriminators: the objects by key.
        declared: their declared slots by key, with weights and warm-up.
        kl: the KL control.
        dataset_size: the number of training examples, where `time` has none.
        time: how the number of steps becomes the time of a schedule.
        objective_slot: the declared slot of the objective.
        told: the conditions that a term is told, by the key of its slot.
        augment_latents: changes latents on their way to the decoder, in training.
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
        told: Mapping[str, tuple[str, ...]] = NO_CONDITIONS,
        augment_latents: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self.passes = passes
        self.told = told
        self.augment_latents = augment_latents
        self.objective = objective
        self.regularizers = regularizers
        self.discriminators = discriminators
        self.declared = declared
        self.kl = kl
        self.dataset_size = dataset_size
        self.time = time
        self.objective_slot = objective_slot
        self.split = bool(getattr(objective, "split", False))
        self._objective_terms = ObjectiveTerms(
            objective=objective,
            kl=kl,
            groups=passes.groups,
            replaced={
                name: slot.kind
                for slot in declared.values()
                for name in sorted(slot.offer.component.replaces)
            },
            counted={
                name
                for slot in declared.values()
                for name in slot.offer.component.replaces
                if not is_comparable(slot)
            },
        )
        self.is_balanced = any(isinstance(slot.weight, Balance) for slot in declared.values())
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

    def losses(
        self,
        x: Tensor,
        *,
        global_step: Tensor,
        seed: Seed,
        training: bool,
        given: Given = NO_CONDITIONS,
        added: Sequence[Tensor] = (),
    ) -> Losses:
        """The losses and logged terms for the batch x (B, *data) with its conditions.

        Args:
            x: the batch.
            global_step: the number of steps before this one.
            seed: of the noise.
            training: whether this is a training step.
            given: the conditions.
            added: tensors to add to the decoder's outputs; see `Taps`.
        """
        taps = Taps(added)
        passes = attrs.evolve(self.passes, tap=taps) if self.is_balanced or added else self.passes
        latent, bound, outputs = self._bound(passes, x, given, global_step, seed, training)
        step = LazyStep(
            passes=passes,
            x=x,
            latent=latent,
            outputs=outputs,
            bound=bound,
            global_step=global_step,
            epoch=self.time.epochs(global_step),
            dataset_size=self.time.examples or self.dataset_size,
            training=training,
            seed=seed,
            conditions=given,
        )
        gates: dict[str, Tensor] = {}
        logs: dict[str, Tensor] = {}
        capacity = self._at(self.kl.capacity, global_step) if self.kl.capacity else 0.0
        step.tell(self.told.get("objective", ()))
        with self._blaming(self.objective_slot):
            paid = self._objective_terms.paid(bound, capacity, logs)
            watched = self._objective_terms.watched(bound, capacity)
            final = self._objective_terms.final_loss(bound) if self.is_scheduled else 0.0
            for address, loss in self._objective_terms.addressed(step, logs).items():
                paid.add(address, loss.value)
                add_gate(gates, address, loss)
        accounts = [paid] if watched is None else [paid, watched]
        for name, term in latent.terms.items():
            logs[name] = batch_mean(term, f"the posterior's term {name!r}")
            for account in accounts:
                account.add(VAE, logs[name])
            final = final + logs[name]
        for name, value in dict(latent.logs).items():
            found = batch_mean(value, f"the value {name!r} that the posterior logs")
            self._log({name: found}, logs, "the posterior")
        own: list[PlayerLoss] = []
        for key, regularizer in self.regularizers.items():
            slot = self.declared[key]
            for address, value in self._of_term(slot, regularizer, step, logs, gates):
                if address == SELF:
                    own.append(PlayerLoss(key, value))
                    continue
                if not isinstance(slot.weight, Schedule):
                    own.append(PlayerLoss(address, value, adaptive_of=key))
                    continue
                weighted = self._at(slot.weight, global_step) * value
                for account in accounts:
                    account.add(address, weighted)
                final = final + share(address) * slot.weight.final * value
        total = {"loss": accounts[-1].mean_of_sides()}
        logs = total | ({FINAL_LOSS: final} if self.is_scheduled else {}) | logs

        for key, discriminator in self.discriminators.items():
            slot = self.declared[key]
            for address, value in self._of_term(slot, discriminator, step, logs, gates):
                if address == SELF:
                    own.append(PlayerLoss(key, value))
                elif not isinstance(slot.weight, Schedule):
                    own.append(PlayerLoss(address, value, adaptive_of=key))
                else:
                    weight = self._at(slot.weight, global_step) * self.warmed_up(key, global_step)
                    paid.add(address, weight * value)
        losses = [PlayerLoss(player, value) for player, value in paid.sums.items()]
        return Losses(losses + own, logs, gates, taps.outputs)

    def _of_term(
        self,
        slot: Slot,
        term: Regularizer | Discriminator | Term,
        step: LazyStep,
        logs: dict[str, Tensor],
        gates: dict[str, Tensor],
    ) -> list[tuple[str, Tensor]]:
        """The averaged losses of a term by address; adds them to the logs, and what gates them."""
        what = f"{slot.kind} {slot.key!r} ({slot.offer.distribution} {slot.offer.version})"
        found: list[tuple[str, Tensor]] = []
        step.tell(self.told.get(slot.key, ()))
        with named(term), self._blaming(slot):
            for address, loss in addressed(term, step, what).items():
                name = logged_name(slot, address)
                value = batch_mean(loss.value, f"{name} of {what}")
                self._log({name: value}, logs, what)
                found.append((address, value))
                add_gate(gates, slot.key if address == SELF else address, loss)
            offered = getattr(term, "diagnostics", None)
            diagnostics = {
                f"{slot.key}_{name}": batch_mean(value, f"diagnostic {name!r} of {what}")
                for name, value in (offered(step).items() if offered else ())
            }
            self._log(diagnostics, logs, what)
        return found

    def _log(self, terms: Mapping[str, Tensor], logs: dict[str, Tensor], what: str) -> None:
        for name, value in terms.items():
            if name in logs:
                raise ContractError(
                    f"{what} logs the term {name!r}, which another part of the model logs too; "
                    "declare it under another key"
                )
            logs[name] = value

    def warmed_up(self, key: str, global_step: Tensor) -> Tensor:
        """1 once a discriminator has learned for its warm-up steps, else 0."""
        return ops.cast(global_step >= self.declared[key].warmup_steps, "float32")

    def _at(self, schedule: Schedule, global_step: Tensor) -> Tensor:
        return self.time.value(schedule, global_step)

    def _bound(
        self,
        every: Passes,
        x: Tensor,
        given: Given,
        global_step: Tensor,
        seed: Seed,
        training: bool,
    ) -> tuple[Latent, Bound, Tensor]:
        """The first draw of each example, the bound over all K draws, the first draw's outputs."""
        samples = self.objective.samples
        importance = self.objective.importance

        def repeated(value: Tensor) -> Tensor:  # (B, ...) -> (K·B, ...)
            return ops.tile(value, (samples,) + (1,) * (len(value.shape) - 1))

        passes = every.told(given)
        latent = passes.encode(x, samples=samples, seed=seed, training=training)
        if samples > 1:
            x = repeated(x)
            passes = every.told({name: repeated(each) for name, each in given.items()})
        z = latent.z
        if training and self.augment_latents is not None:
            z = self.augment_latents(z)
        outputs = passes.decode(z, training=training)
        log_likelihood = passes.log_likelihood(x, outputs, seed=seed, training=training)

        def per_sample(value: Tensor) -> Tensor:  # (K·B, ...) -> (K, B, ...)
            return ops.reshape(value, (samples, -1, *value.shape[1:]))

        deterministic = latent.log_q is None
        kl = None
        if not importance and not deterministic:
            kl = ops.mean(per_sample(kl_divergence(latent, passes.prior)), axis=0)
        bound = Bound(
            log_likelihood=per_sample(log_likelihood),
            log_prior=per_sample(as_float32(passes.prior.log_prob(latent.z)))
            if importance
            else None,
            log_posterior=per_sample(latent.log_q) if importance else None,
            kl=kl,
            kl_weight=self._at(self.kl.weight, global_step),
        )
        chosen = first_draw(latent, samples)
        return chosen, bound, outputs if samples == 1 else per_sample(outputs)[0]

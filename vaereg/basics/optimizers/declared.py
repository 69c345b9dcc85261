"""The built-in optimizers: their parameters and declarations. Never imports keras."""

from __future__ import annotations

import vaereg
from vaereg.component import Component, param
from vaereg.frozen import frozen


@frozen(kw_only=True)
class ScheduleFreeParams:
    """Parameters of the optimizer `schedule_free`."""

    learning_rate: float | vaereg.LearningRateSchedule = param(
        2.5e-3, "the step; it needs no schedule, and a larger one than Adam's", gt=0
    )
    beta_1: float = param(
        0.9, "share of the average in the weights at which gradients are taken", ge=0, lt=1
    )
    beta_2: float = param(0.999, "share of the second moment that is kept", ge=0, lt=1)
    epsilon: float = param(1e-8, "added to the root of the second moment", gt=0)
    warmup_steps: int = param(0, "how many steps the rate rises linearly", ge=0, unit="steps")
    weight_decay: float = param(0.0, "decay of the weights, times the learning rate", ge=0)
    rate_power: float = param(
        2.0,
        "power of the greatest rate so far in a step's weight in the average; 0: none",
        ge=0,
    )
    step_power: float = param(
        0.0, "power of the step's number in its weight; above 0, later steps count more", ge=0
    )


COMPONENTS: list[Component] = [
    Component(
        kind="optimizer",
        name="schedule_free",
        params=ScheduleFreeParams,
        factory="vaereg.basics.optimizers.schedule_free:ScheduleFree",
        summary="AdamW that averages its weights instead of following a schedule.",
        reference="arXiv:2405.15682, algorithm 1",
    ),
]

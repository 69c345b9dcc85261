"""Samples of the model, without selection."""

from __future__ import annotations

from collections.abc import Sequence

from vaereg.reporting.content import Exhibit, Panel, Section
from vaereg.reporting.panels import exhibit, grid
from vaereg.reporting.reported_run import ReportedRun

SAMPLES, BESIDE = 128, 32


def samples(runs: Sequence[ReportedRun]) -> Section | None:
    """Samples in the order they were drawn, and real examples for comparison."""
    drawn = exhibit(
        runs,
        lambda run: grid(run.pictures("exhibits/samples", shrink=False), "Samples", SAMPLES),
        title="Without selection",
        caption="The first samples drawn; none were picked. "
        + _same_latents_note(runs)
        + "Good samples "
        "are hard to distinguish from the real examples below, and no two are alike.",
    )
    if drawn is None:
        return None
    blocks = [drawn, _real_exhibit(runs)]
    blocks.append(
        exhibit(
            runs,
            lambda run: grid(run.pictures("exhibits/prior_samples"), "Prior samples", BESIDE),
            title="The same model, sampled from its prior",
            caption="Decoded draws from the prior instead of the sampler. If these are much worse, "
            "the prior has holes that the sampler avoids.",
            otherwise="Its samples above are draws from the prior.",
        )
        if any(run.array("exhibits/prior_samples") is not None for run in runs)
        else None
    )
    return Section(
        key="samples",
        name="Samples",
        title="Samples",
        lead="What the model generates; look at it before any number.",
        blocks=[each for each in blocks if each is not None],
    )


def _real_exhibit(runs: Sequence[ReportedRun]) -> Exhibit | None:
    """Real examples, shown once, because all runs on one data set use the same ones."""
    for run in runs:
        strips = grid(run.pictures("exhibits/real", shrink=False), "Real examples", BESIDE)
        if strips:
            data = run.evaluation.evaluated_on
            return Exhibit(
                title="Real examples",
                caption=f"From the {data.split} split of {data.name}, which was not used for "
                "training.",
                panels=(Panel(owner=None, strips=tuple(strips)),),
            )
    return None


def _same_latents_note(runs: Sequence[ReportedRun]) -> str:
    if len(runs) > 1 and same_latents(runs):
        return "The same position is the same latent in each run. "
    return ""


def same_latents(runs: Sequence[ReportedRun]) -> bool:
    """Whether sample i of every run was decoded from the same latent.

    This holds for draws from equal priors without parameters, of equal shape and seed.
    """
    made = set()
    for run in runs:
        evaluation = run.evaluation
        model = run.declared.get("models", {}).get(evaluation.model, {})
        prior = model.get("prior", {})
        use = prior.get("use") if isinstance(prior, dict) else prior
        if evaluation.sampler != "vaereg/prior" or use != "vaereg/standard_normal":
            return False
        made.add((str(model.get("latent")), evaluation.sampling_seed, evaluation.generated))
    return len(made) == 1

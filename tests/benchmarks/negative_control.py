"""How often `vaereg compare` finds a difference where there is none.

One trained run is compared with itself, each side with samples of its own, as often as asked for.
Every verdict of better or worse is a false alarm; three questions at an error rate of 5 % over all
of them may give 5 in 100 pairs.

    python -m tests.benchmarks negative_control RUN --pairs 100
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.timing.results import add_json, report, surroundings
from vaereg.comparison.compare_runs import compare_measured
from vaereg.comparison.comparison import ONE_PAIR
from vaereg.comparison.headline_scores import PRIMARY
from vaereg.comparison.measured_run import Influences, MeasuredRun
from vaereg.comparison.pairing import Pairing
from vaereg.evaluation.evaluation import Evaluation, Extractor
from vaereg.evaluation.evidence.extractors import choose_extractors, fit_extractor
from vaereg.evaluation.evidence.presets import QUICK
from vaereg.evaluation.evidence.real_examples import choose_real
from vaereg.trained.opened_run import read_opened_run

METRICS = ("sharpness", "prdc", "kernel")
"""The metrics that the three verdicts rest on."""


def measured_runs(argument: str, root: Path, count: int) -> list[MeasuredRun]:
    """The run, evaluated with samples of `count` different seeds."""
    opened = read_opened_run(argument, root, warn=lambda _: None)
    from vaereg.host.devices import choose_backend
    from vaereg.host.import_keras import import_keras
    from vaereg.host.progress import Progress

    progress = Progress(quiet=True)
    import_keras(choose_backend(opened.run.lock["backend"]["name"]), progress)
    from vaereg.evaluation.evidence.cache import Cache
    from vaereg.evaluation.evidence.evaluation_data import EvaluationData
    from vaereg.evaluation.scores.measuring import build_metrics, measure
    from vaereg.trained.open_trained import open_trained
    from vaereg.trained.run_data import read_run_data

    declaration = opened.declaration
    data = read_run_data(opened.run, declaration, progress)
    evaluation_data = EvaluationData.of(data, choose_real(data, QUICK))
    spec = evaluation_data.quantizer.quantized_spec
    cache = Cache(declaration.cache)
    (chosen, *_), _ = choose_extractors(("auto",), opened.catalog, spec, cache)
    extractor = fit_extractor(chosen, evaluation_data.quantized, spec, cache, progress)
    trained = open_trained(opened.run, declaration, progress, data=data)
    metrics, _ = build_metrics(
        opened.catalog,
        spec,
        declaration.cache,
        lambda offer: offer.name in METRICS,
    )
    reference = evaluation_data.reference(thorough=False)
    found = []
    for seed in range(count):
        values = trained.sample(len(evaluation_data.real.held_out), seed)
        evidence = evaluation_data.evidence(trained.vae, values, None, thorough=False)
        features = {extractor.name: evaluation_data.features(extractor, evidence)}
        measurements = measure(metrics, evidence, reference, features, lambda text: None)
        evaluation = Evaluation(
            run=str(opened.run.folder),
            model=declaration.model,
            seed=declaration.train.seed,
            epochs=opened.run.status.epochs,
            weights=trained.weights,
            sampler=declaration.sampler.offer.full_name,
            sampling_seed=seed,
            preset=QUICK.name,
            generated=len(values),
            evaluated_on=evaluation_data.evaluated_on(declaration.data_name),
            extractors={
                extractor.name: Extractor(
                    component=extractor.slot.offer.full_name, identity=extractor.identity
                )
            },
            scores=measurements.scores,
        )
        arrays = measurements.arrays
        influences = {
            name: Influences(
                generated=arrays.get(f"scores/{name}/generated"),
                real=arrays.get(f"scores/{name}/real"),
            )
            for name in measurements.scores
        }
        found.append(MeasuredRun(run=str(seed), evaluation=evaluation, influences=influences))
        sys.stderr.write(f"\rsampled {seed + 1} of {count}")
    sys.stderr.write("\n")
    return found


def main(argv: Sequence[str]) -> None:
    """Prints how often each verdict was given, and how the p-values lie."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--pairs", type=int, default=100)
    add_json(parser)
    args = parser.parse_args(argv)
    found = surroundings()
    runs = measured_runs(args.run, args.runs, 2 * args.pairs)
    pairing = Pairing(design=ONE_PAIR, seeds=(0,), label_a="A", label_b="B", a=(), b=())
    comparisons = [
        compare_measured(pairing, [one], [other])
        for one, other in zip(runs[::2], runs[1::2], strict=True)
    ]
    alarms = sum(
        any(each.verdict in ("better", "worse", "vetoed") for each in comparison.verdicts)
        for comparison in comparisons
    )
    figures: dict[str, Any] = {"pairs": args.pairs, "alarms": alarms}
    lines = [f"{alarms} of {args.pairs} pairs had a verdict of better or worse"]
    for question in PRIMARY:
        verdicts = [
            each
            for comparison in comparisons
            for each in comparison.verdicts
            if each.question == question
        ]
        counts = Counter(each.verdict for each in verdicts)
        p = np.array([each.score.p for each in verdicts if each.score is not None])
        told = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        lines.append(f"{question:<7} {told}; p < 0.05 in {int(np.sum(p < 0.05))} of {len(p)}")
        figures[question] = {"verdicts": dict(counts), "p": p.tolist()}
    report("negative_control", argv, "\n".join(lines), figures, found)


if __name__ == "__main__":
    main(sys.argv[1:])

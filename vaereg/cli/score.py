"""Scores how well a trained model explains each example of a file or a folder.

The file that is written has a row for each example, in nats: the ELBO, the tighter bound on
log p(x), the reconstruction, the KL divergence, and `anomaly`, which is higher for less normal
examples. With --threshold, `beyond` marks those beyond a quantile of the validation split.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from vaereg.cli.options import natural, positive
from vaereg.cli.use_options import add_use_options, use_options

if TYPE_CHECKING:
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.use.score import Scored


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    add_use_options(parser, "the file of scores: scores.csv, scores.npz or scores.parquet")
    parser.add_argument(
        "--samples",
        type=positive,
        default=64,
        metavar="K",
        help="draws from q(z given x) for each example (default: 64); fewer are faster",
    )
    parser.add_argument(
        "--seed", type=natural, default=0, metavar="S", help="the seed of the draws (default: 0)"
    )
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="SHARE",
        help="mark the examples beyond this quantile of the validation split, such as 0.99",
    )
    parser.add_argument(
        "--anomalies",
        metavar="CLASS,...",
        help="the classes of anomalies, for the AUROC (default: those that the run does not know, "
        "or all but one named normal, good or the like)",
    )


def run(args: argparse.Namespace) -> int:
    """Scores the examples, and prints where the scores are and their means."""
    import attrs

    from vaereg.cli.output import print_json
    from vaereg.cli.session import tell_of
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.use.score import ScoreOptions, score_examples

    shared = attrs.asdict(use_options(args), recurse=False)
    options = ScoreOptions(
        **shared,
        samples=args.samples,
        threshold=args.threshold,
        anomalies=tuple((args.anomalies or "").split(",")) if args.anomalies else (),
    )
    scored = score_examples(args.run, options, tell_of(args))
    if args.json:
        print_json(
            {
                "run": str(scored.run),
                "scores": str(scored.path),
                "n": scored.count,
                "weights": scored.weights,
                "means": dict(scored.means),
                "threshold": args.threshold,
                "limit": scored.limit,
                "beyond": scored.beyond if scored.limit is not None else None,
                "anomalies": list(scored.anomalous),
                "auroc": dict(scored.auroc),
            }
        )
    else:
        _show(scored, Terminal(sys.stdout, args.color), args.threshold)
    return 0


def _show(scored: Scored, terminal: Terminal, threshold: float | None) -> None:
    terminal.print(str(scored.path))
    means = "  ".join(f"{name} {value:.5g}" for name, value in scored.means.items())
    terminal.print(f"mean of {scored.count} examples, in nats: {means}")
    if scored.limit is not None:
        terminal.print(
            f"beyond the {threshold:g} quantile of the validation split, {scored.limit:.5g}: "
            f"{scored.beyond} of {scored.count}"
        )
    if scored.auroc:
        areas = "  ".join(f"{name} {area:.3f}" for name, area in scored.auroc.items())
        terminal.print(f"AUROC, with {', '.join(scored.anomalous)} as anomalies: {areas}")

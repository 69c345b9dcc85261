"""What `vaereg compare` answers to known defects and to known improvements.

Each defect of `tests/battery` at three strengths, on two sets of real images and on samples of
`sharp`: the verdicts on images with the defect compared with the same images without, and whether
the question that must answer it does. Then improvements that must be seen, and pairs of draws that
do not differ.

    python -m tests.benchmarks battery
    python -m tests.benchmarks battery --set clothes --defect blur dots --no-sharp
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.battery.answers import Answer, answers, real_images, sample_images
from tests.battery.defects.table import DEFECTS, FURTHER, STRENGTHS
from tests.battery.judge import Judge
from tests.battery.power import IMPROVEMENTS, Power, alike, graded, power
from tests.battery.sets import SETS
from tests.battery.sharp import samples_of_run, samples_of_sharp
from tests.benchmarks.timing.results import add_json, report, surroundings, table
from vaereg.evaluation.evaluation import Score

QUESTIONS = ("sharp", "varied", "true")
REAL, SHARP = "real images", "samples of sharp"


def rows_of(found: Sequence[Answer]) -> str:
    """The table of the answers; the question that must answer is in capitals."""
    rows = []
    for each in found:
        verdicts = [
            each.verdicts[question].upper()
            if question == each.defect.question
            else each.verdicts[question]
            for question in QUESTIONS
        ]
        outcome = "caught" if each.caught else "FOOLED" if each.fooled else "no"
        change = f"{each.share:.0%}, {each.rms:.1f}"
        told = each.defect.told(each.strength)
        what = [each.defect.name, each.strength, told, each.set_name, each.base_name]
        rows.append([*what, change, *verdicts, outcome, told_by_space(each)])
    head = ["defect", "strength", "amplitude", "set", "laid on", "changed, rms", *QUESTIONS]
    head += ["", "by space"]
    return table(head, rows, words=len(head))


def guide_table(found: Sequence[Answer]) -> str:
    """The table of plugins/README.md: a row for each defect, its strengths separated by slashes."""
    bases = list(dict.fromkeys((each.set_name, each.base_name) for each in found))
    names = [name if base == REAL else f"{base} ({name})" for name, base in bases]
    rows = [["defect", "strengths", "question", *names], ["---"] * (3 + len(bases))]
    for defect in dict.fromkeys(each.defect for each in found):
        own = [each for each in found if each.defect is defect]
        strengths = [each for each in STRENGTHS if any(it.strength == each for it in own)]
        row = [defect.name, defect.told_all(strengths), defect.question]
        for base in bases:
            verdicts = {
                each.strength: each.verdict if each.caught else f"**{each.verdict}**"
                for each in own
                if (each.set_name, each.base_name) == base
            }
            row.append(" / ".join(verdicts.get(each, "") for each in strengths))
        rows.append(row)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def told_by_space(answer: Answer) -> str:
    """What each feature space says about the question that must answer."""
    for verdict in answer.comparison.verdicts:
        if verdict.question == answer.defect.question:
            return ", ".join(f"{each.space} {each.verdict}".strip() for each in verdict.answers)
    return ""


def rows_of_power(found: Sequence[tuple[str, Power]]) -> str:
    """The table of improvements."""
    rows = [
        [
            each.improvement.name,
            set_name,
            each.improvement.question,
            f"{each.seen} of {each.draws}",
            _counted(each.verdicts[each.improvement.question]),
        ]
        for set_name, each in found
    ]
    return table(["improvement", "set", "question", "better", "verdicts"], rows, words=3)


def scores_of(answer: Answer) -> dict[str, Any]:
    """Every score beside that without the defect, with the reference and the interval."""
    scores = answer.measured.scores
    told = {}
    for each in answer.comparison.scores:
        score: Score = scores[each.name]
        told[each.name] = {
            "before": each.value_a,
            "after": each.value_b,
            "reference": each.reference,
            "reference_low": score.reference_low,
            "reference_high": score.reference_high,
            "improvement": [each.low, each.effect, each.high],
        }
    return told


def main(argv: Sequence[str]) -> None:
    """Prints the table of defects and the tables of improvements."""
    parser = argparse.ArgumentParser(prog="battery", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=1000, help="held out, and as many samples")
    parser.add_argument("--set", nargs="+", choices=tuple(SETS), default=list(SETS))
    names = [each.name for each in DEFECTS]
    further = [each.name for each in FURTHER]
    parser.add_argument("--defect", nargs="*", choices=[*names, *further], default=names)
    parser.add_argument("--further", action="store_true", help="the further defects instead")
    parser.add_argument("--strength", nargs="+", choices=STRENGTHS, default=list(STRENGTHS))
    parser.add_argument("--no-sharp", action="store_true", help="defects on real images alone")
    parser.add_argument("--epochs", type=int, default=30, help="of `sharp`")
    parser.add_argument(
        "--runs",
        type=Path,
        metavar="FOLDER",
        help="take the newest run of `sharp` there instead of training one; only the set whose "
        "images have its shape is then laid on its samples",
    )
    parser.add_argument(
        "--brief", action="store_true", help='where "sharp" must answer, ask no other question'
    )
    parser.add_argument("--draws", type=int, default=10, help="of each improvement")
    parser.add_argument("--pairs", type=int, default=100, help="of draws that do not differ")
    parser.add_argument("--small", action="store_true", help="few examples, two defects")
    parser.add_argument("--cache", type=Path, help="of features and trained extractors")
    add_json(parser)
    args = parser.parse_args(argv)
    if args.further:
        args.defect = further
    if args.small:
        args.examples, args.epochs, args.draws, args.pairs = 150, 1, 2, 2
        args.set, args.defect = ["clothes"], ["blur", "one image repeated"]
    around = surroundings()
    with tempfile.TemporaryDirectory() as folder:
        cache = args.cache or Path(folder, "cache")
        found, gained, same, steps = _run(args, cache, Path(folder))
    middle = [each for each in found if each.strength == "middle"]
    lines = [
        f"{args.examples:,} held-out images and as many samples",
        rows_of(found),
        guide_table(found),
        f"{sum(each.caught for each in middle)} of {len(middle)} defects of middle strength are "
        f"caught; {sum(each.fooled for each in found)} of {len(found)} are taken for an "
        "improvement or for nothing",
        rows_of_power(gained),
        f"of {steps.total()} steps from a stronger defect to a weaker one, in the question that "
        f"must answer: {_counted(steps)}",
        *(
            f"{args.pairs} pairs of draws that do not differ, {name}: "
            + "; ".join(f"{question} {_counted(counts)}" for question, counts in each.items())
            for name, each in same.items()
        ),
    ]
    figures: dict[str, Any] = {
        "examples": args.examples,
        "defects": [
            {
                "defect": each.defect.name,
                "strength": each.strength,
                "amplitude": each.defect.told(each.strength),
                "set": each.set_name,
                "laid_on": each.base_name,
                "share": each.share,
                "rms": each.rms,
                "question": each.defect.question,
                "verdicts": dict(each.verdicts),
                "by_space": told_by_space(each),
                "caught": each.caught,
                "fooled": each.fooled,
                "scores": scores_of(each),
            }
            for each in found
        ],
        "improvements": [
            {"name": each.improvement.name, "set": name, "verdicts": each.verdicts}
            for name, each in gained
        ],
        "steps": steps,
        "alike": same,
    }
    report("battery", argv, "\n\n".join(lines), figures, around)


def _run(
    args: argparse.Namespace, cache: Path, folder: Path
) -> tuple[list[Answer], list[tuple[str, Power]], dict[str, dict[str, Counter[str]]], Counter[str]]:
    found: list[Answer] = []
    gained: list[tuple[str, Power]] = []
    same: dict[str, dict[str, Counter[str]]] = {}
    steps: Counter[str] = Counter()
    defects = [each for each in (*DEFECTS, *FURTHER) if each.name in args.defect]
    for name in args.set:
        real = SETS[name](args.examples)
        judge = Judge.of(real, cache, store=args.cache is not None)
        bases = {REAL: real_images(judge, args.examples)}
        if not args.no_sharp:
            _show(f"{name}: samples of sharp")
            count = 2 * args.examples
            if args.runs is None:
                drawn = samples_of_sharp(real, count, folder / name, args.epochs)
            else:
                drawn = samples_of_run(real, count, args.runs)
            if drawn is not None:
                bases[SHARP] = sample_images(judge, drawn)
        for base_name, images in bases.items():
            for each in answers(
                judge, images, base_name, defects, args.strength, whole=not args.brief
            ):
                found.append(each)
                _show(f"{each.label}: {each.verdict}")
                if len(args.strength) == 3 and len(found) % 3 == 0:
                    row = [answer.measured for answer in found[-3:]]
                    steps.update(verdicts[each.defect.question] for verdicts in graded(row))
        for improvement in IMPROVEMENTS if args.draws else ():
            _show(f"{name}: {improvement.name}")
            gained.append((name, power(judge, improvement, args.examples, args.draws)))
        if args.pairs:
            _show(f"{name}: draws that do not differ")
            same[name] = alike(judge, args.examples, args.pairs)
    return found, gained, same, steps


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common()) or "none"


def _show(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

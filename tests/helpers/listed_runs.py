"""A folder of runs in every state, none of which was trained."""

from __future__ import annotations

import json
from pathlib import Path

from tests.helpers.reported_runs import evaluation, write_run

SECONDS = 90.0


def write_runs(root: Path) -> dict[str, Path]:
    """Three runs of `sharp` and one of `plain`; returns their folders by a short name."""
    made = {}
    for number, (name, model, seed, likelihood) in enumerate(
        (
            ("old", "plain", 0, "bernoulli"),
            ("first", "sharp", 0, "bernoulli"),
            ("second", "sharp", 1, "gaussian"),
            ("third", "sharp", 2, "bernoulli"),
        )
    ):
        folder = root / model / f"20260101-00000{number}-aaaa"
        scored = evaluation(model, seed=seed, shift=float(number))
        write_run(folder, scored, {}, likelihood=likelihood)
        event = {"event": "finished", "seconds": SECONDS * (number + 1)}
        (folder / "log.jsonl").write_text(json.dumps(event) + "\n")
        made[name] = folder
    for file in ("evaluation.json", "evaluation.h5"):
        (made["third"] / file).unlink()
    status = {"state": "failed", "epochs": 3, "of": 20, "reason": "no space; free some"}
    (made["third"] / "status.json").write_text(json.dumps(status))
    epochs = [{"event": "epoch", "epoch": each, "seconds": 30.0} for each in (1, 2, 2, 3)]
    text = "".join(json.dumps(event) + "\n" for event in epochs)
    (made["third"] / "log.jsonl").write_text(text)
    return made

"""Draws new samples from a run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from vaereg.cli.resume import add_ignore_lock, add_run
from vaereg.cli.train import add_backend, natural, positive
from vaereg.declaration.declaration import Slot
from vaereg.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what only this command takes."""
    add_run(parser)
    parser.add_argument("-n", type=positive, default=64, metavar="N", help="how many (64)")
    parser.add_argument(
        "--sampler", metavar="NAME", help="a sampler component (default: the declared one)"
    )
    parser.add_argument("--seed", type=natural, default=0, metavar="S", help="of the samples (0)")
    parser.add_argument(
        "--weights",
        choices=("final", "last", "best"),
        default="final",
        help="the finished run's (the last, where it is not finished), or those of a checkpoint",
    )
    parser.add_argument(
        "--out",
        "-o",
        metavar="PATH",
        help="grid.png, samples.npz, or a folder/ for one PNG each (default: in the run)",
    )
    add_ignore_lock(parser)
    add_backend(parser)


def run(args: argparse.Namespace) -> int:
    """Draws, and prints where the samples are."""
    from vaereg.cli.output import print_json
    from vaereg.cli.terminal import Terminal
    from vaereg.host.devices import choose_backend
    from vaereg.host.progress import Progress
    from vaereg.trained.sample_run import sample_run
    from vaereg.trained.sampler_slot import sampler_slot
    from vaereg.workflows.open_run import open_run

    opened = open_run(args)
    part = sampler_slot(opened.declaration, opened.catalog, args.sampler)
    form = opened.run.lock["dataset"]["spec"]["form"]
    path = target(args.out, form, opened.run.folder.samples, part, args.seed)
    progress = Progress(quiet=args.quiet)
    choice = choose_backend(args.backend or opened.run.lock["backend"]["name"], progress.stage)
    samples = sample_run(
        opened.run,
        opened.declaration,
        part,
        choice,
        progress,
        n=args.n,
        seed=args.seed,
        weights=args.weights,
        ignore_lock=args.ignore_lock,
    )
    written = write(path, samples)
    if args.json:
        print_json(
            {
                "run": str(opened.run.folder),
                "samples": str(written),
                "n": args.n,
                "seed": args.seed,
                "sampler": part.offer.full_name,
                "weights": samples.weights,
            }
        )
    else:
        Terminal(sys.stdout, args.color).print(str(written))
    return 0


def target(out: str | None, form: str, folder: Path, part: Slot, seed: int) -> Path:
    """Where samples go.

    Raises:
        UsageError: for a suffix that is not written here.
    """
    if out is None:
        suffix = "png" if form == "image" else "npz"
        return folder / f"{part.offer.component.name}-seed{seed}.{suffix}"
    path = Path(out)
    is_folder = out.endswith(("/", "\\")) or path.is_dir() or not path.suffix
    if not is_folder and path.suffix.lower() not in {".png", ".npz"}:
        raise UsageError(f"--out {out}: give a .png, an .npz, or a folder with a / at its end")
    drawn_as_one = path.suffix.lower() == ".png" and form in ("image", "vector")
    if form != "image" and path.suffix.lower() != ".npz" and not drawn_as_one:
        raise UsageError(f"--out {out}: {form} data is no images; give an .npz")
    return path


def write(path: Path, samples: Any) -> Path:
    """Writes samples in the form that the path asks for."""
    from vaereg.errors import RunError
    from vaereg.pictures.image_files import write_images
    from vaereg.pictures.image_grid import write_grid
    from vaereg.training.finish import write_arrays

    data = samples.data
    folder = path if path.suffix.lower() not in {".png", ".npz"} or path.is_dir() else path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot make the folder {folder}: {error.strerror}") from error
    if path.suffix.lower() == ".npz" and folder != path:
        write_arrays(path, samples.values, samples.latents, data)
        return path
    if folder != path:
        write_grid(samples.values, path, value_range=data.spec.value_range)
    else:
        write_images(path, samples.values, data.spec.value_range)
    return path

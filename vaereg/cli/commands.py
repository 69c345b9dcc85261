"""The table of commands; only the module of the chosen one is imported."""

from __future__ import annotations

from vaereg.frozen import frozen


@frozen
class Command:
    """One command.

    Args:
        name: as the user types it.
        module: has `add_arguments(parser)` and `run(args) -> int`; importing it and adding its
            arguments never imports keras.
        summary: for `vaereg --help`, in one line.
        group: the heading it is listed under.
    """

    name: str
    module: str
    summary: str
    group: str


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("train", "vaereg.cli.train", "train models of registry.toml", "Run"),
        Command("resume", "vaereg.cli.resume", "continue an interrupted run", "Run"),
        Command("runs", "vaereg.cli.runs", "list, compare or delete runs", "Run"),
        Command("sample", "vaereg.cli.sample", "draw new samples from a run", "Run"),
        Command("encode", "vaereg.cli.encode", "encode a file or folder of examples", "Use"),
        Command(
            "reconstruct",
            "vaereg.cli.reconstruct",
            "reconstruct a file or folder of examples",
            "Use",
        ),
        Command("interpolate", "vaereg.cli.interpolate", "walk from one example to another", "Use"),
        Command("traverse", "vaereg.cli.traverse", "show what each latent dimension does", "Use"),
        Command("score", "vaereg.cli.score", "score how well a model explains each example", "Use"),
        Command("export", "vaereg.cli.export", "write a run for programs without vaereg", "Use"),
        Command("pack", "vaereg.cli.pack", "pack a run into one file for others", "Use"),
        Command("unpack", "vaereg.cli.unpack", "make a run of a packed file", "Use"),
        Command(
            "evaluate",
            "vaereg.cli.evaluate",
            "score runs: sharp, varied, true to the data?",
            "Evaluate",
        ),
        Command("compare", "vaereg.cli.compare", "decide whether B is better than A", "Evaluate"),
        Command(
            "ablate",
            "vaereg.cli.ablate",
            "compare a model with and without a component",
            "Evaluate",
        ),
        Command(
            "report",
            "vaereg.cli.report",
            "write one page with samples and scores of runs",
            "Evaluate",
        ),
        Command("init", "vaereg.cli.init", "write a registry.toml to start from", "Declare"),
        Command("check", "vaereg.cli.check", "check registry.toml without training", "Declare"),
        Command("schema", "vaereg.cli.schema", "print the JSON Schema of registry.toml", "Declare"),
        Command(
            "new-plugin",
            "vaereg.cli.new_plugin",
            "write a plugin package to start from",
            "Extend",
        ),
        Command(
            "check-plugin",
            "vaereg.cli.check_plugin",
            "check a plugin's components against the laws",
            "Extend",
        ),
        Command("plugins", "vaereg.cli.plugins", "list the installed plugins", "Look around"),
        Command(
            "doctor",
            "vaereg.cli.doctor",
            "check backends, plugins, versions and folders",
            "Look around",
        ),
        Command(
            "components", "vaereg.cli.components", "list the installed components", "Look around"
        ),
        Command(
            "describe", "vaereg.cli.describe", "show a component and its parameters", "Look around"
        ),
    )
}

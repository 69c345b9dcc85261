"""The table of commands; only the module of the chosen one is imported."""

from __future__ import annotations

from vaereg.frozen import frozen


@frozen
class Command:
    """One command.

    Args:
        name: as it is typed.
        module: holds `add_arguments(parser)` and `run(args) -> int`; importing it and adding its
            arguments never imports keras.
        summary: for `vaereg --help`, in one line.
        group: the heading it stands under.
    """

    name: str
    module: str
    summary: str
    group: str


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("train", "vaereg.cli.train", "train models of registry.toml", "Run"),
        Command("resume", "vaereg.cli.resume", "continue a run that was interrupted", "Run"),
        Command("sample", "vaereg.cli.sample", "draw new samples from a run", "Run"),
        Command(
            "evaluate",
            "vaereg.cli.evaluate",
            "evaluate runs: sharp, varied, true to the data?",
            "Evaluate",
        ),
        Command("compare", "vaereg.cli.compare", "tell whether B is better than A", "Evaluate"),
        Command("ablate", "vaereg.cli.ablate", "ablate what a component is good for", "Evaluate"),
        Command("report", "vaereg.cli.report", "show runs and figures on one page", "Evaluate"),
        Command("init", "vaereg.cli.init", "write a registry.toml to start from", "Declare"),
        Command("check", "vaereg.cli.check", "check registry.toml without training", "Declare"),
        Command("schema", "vaereg.cli.schema", "write the JSON Schema of registry.toml", "Declare"),
        Command(
            "new-plugin",
            "vaereg.cli.new_plugin",
            "write a plugin package to start from",
            "Extend",
        ),
        Command(
            "check-plugin",
            "vaereg.cli.check_plugin",
            "check that components keep their contract",
            "Extend",
        ),
        Command("plugins", "vaereg.cli.plugins", "list the installed plugins", "Look around"),
        Command("doctor", "vaereg.cli.doctor", "look whether all is well here", "Look around"),
        Command("components", "vaereg.cli.components", "list what plugins offer", "Look around"),
        Command(
            "describe", "vaereg.cli.describe", "show a component and its parameters", "Look around"
        ),
    )
}

"""The options of every command, and how the command line is parsed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from vaereg.cli.commands import COMMANDS
from vaereg.errors import UsageError
from vaereg.host.home_path import home_path
from vaereg.wording import did_you_mean

DEFAULT_REGISTRY = Path("registry.toml")
"""`args.registry is DEFAULT_REGISTRY` if the user did not name a file."""

_WITH_VALUE = {"-f", "--registry", "--set", "--color"}
_ALL_PLUGINS = "--no-plugins"


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError and suggests the option that was meant."""

    def error(self, message: str) -> NoReturn:
        """Raises the complaint of argparse."""
        raise UsageError(f"{message}\nsee `{self.prog} --help`")

    def parse(self, argv: Sequence[str]) -> argparse.Namespace:
        """The arguments.

        Raises:
            UsageError: for an unknown argument, with a suggestion.
        """
        args, unknown = self.parse_known_intermixed_args(list(argv))
        if unknown:
            known = [option for action in self._actions for option in action.option_strings]
            option = unknown[0].split("=")[0]
            hint = did_you_mean(option, known) if option.startswith("-") else ""
            kind = "unknown option" if option.startswith("-") else "unexpected argument"
            self.error(f"{kind} `{unknown[0]}`" + (f"; {hint}" if hint else ""))
        return args


def no_plugins(value: str) -> bool | tuple[str, ...]:
    """The value of --no-plugins: True for all, or the distributions to leave out."""
    if value == "*":
        return True
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if not names:
        raise argparse.ArgumentTypeError(
            "no plugin is named; write --no-plugins=a,b, or --no-plugins for all"
        )
    return names


def add_common(parser: argparse.ArgumentParser) -> None:
    """Adds the options that every command has.

    They give `registry` (Path), `overrides` (list of "key=value"), `no_plugins` (bool or tuple of
    names), `json` (bool), `color` ("auto", "always", "never"), `verbose` (int), `quiet` (bool).
    """
    group = parser.add_argument_group("common options")
    group.add_argument(
        "-f",
        "--registry",
        type=home_path,
        default=DEFAULT_REGISTRY,
        metavar="PATH",
        help="the declaration to read (default: registry.toml)",
    )
    group.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a key, such as models.sharp.latent=32, with a TOML value; repeatable",
    )
    group.add_argument(
        _ALL_PLUGINS,
        type=no_plugins,
        default=False,
        metavar="A,B",
        help="leave out these plugins; without names, all but the built-in components",
    )
    group.add_argument(
        "--json", action="store_true", help="print one JSON document, also for errors"
    )
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour the output (auto: on a terminal, unless NO_COLOR is set)",
    )
    group.add_argument(
        "-v", "--verbose", action="count", default=0, help="verbose output, with tracebacks"
    )
    group.add_argument(
        "-q", "--quiet", action="store_true", help="print errors only, no warnings or progress"
    )


def split_command(argv: Sequence[str]) -> tuple[str, list[str]]:
    """The command, which may follow common options, and the other arguments."""
    rest = list(argv)
    skip = False
    for index, token in enumerate(rest):
        if skip:
            skip = False
        elif token in _WITH_VALUE:
            skip = True
        elif not token.startswith("-"):
            del rest[index]
            return token, rest
    return "", rest


def with_bare_no_plugins(argv: Sequence[str]) -> list[str]:
    """`--no-plugins` as `--no-plugins=*`: argparse would take the next word for its names."""
    return [f"{_ALL_PLUGINS}=*" if token == _ALL_PLUGINS else token for token in argv]


def unknown_command(name: str) -> UsageError:
    """The error for a command that does not exist."""
    hint = did_you_mean(name, COMMANDS)
    return UsageError(
        f"no command is named `{name}`"
        + (f"; {hint}" if hint else "")
        + f"\ncommands: {', '.join(COMMANDS)}"
    )


def overview() -> str:
    """The text of `vaereg --help`, with one line per command."""
    lines = [
        "usage: vaereg COMMAND [options]      vaereg COMMAND --help      vaereg --version",
        "",
        "Composes, trains and samples variational autoencoders made of plugin components.",
    ]
    width = max(map(len, COMMANDS))
    group = ""
    for command in COMMANDS.values():
        if command.group != group:
            group = command.group
            lines += ["", f"{group}:"]
        lines.append(f"  {command.name:<{width}}  {command.summary}")
    lines += [
        "",
        "Always: -f PATH, --set KEY=VALUE, --no-plugins[=A,B], --json, --color WHEN, -v, -q.",
        "Exit codes: 0 success, 1 the run failed, 2 usage or declaration, 3 plugin missing or",
        "broken, 4 lock mismatch, 5 a bug in vaereg, 130 interrupted, 141 output pipe closed.",
    ]
    return "\n".join(lines)

"""Writes a complete plugin package with one working component, tests, README, CI and licence.

The tests pass out of the box; replace the formula with yours and keep them passing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vaereg.cli.components import kind_name
from vaereg.cli.output import print_json
from vaereg.cli.session import warning_printer
from vaereg.cli.terminal import Terminal
from vaereg.discovery.discover import discover
from vaereg.host.home_path import home_path
from vaereg.kinds import KINDS

LICENSE_NAMES = ("apache-2.0", "mit", "bsd-3-clause")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "name", metavar="NAME", help="such as focal-frequency, for vaereg-plugin-focal-frequency"
    )
    parser.add_argument(
        "--kind",
        type=kind_name,
        required=True,
        metavar="KIND",
        help=f"the kind of its component: {', '.join(KINDS)}",
    )
    parser.add_argument(
        "--template",
        default="",
        metavar="NAME",
        help="another start: `trained` for a sampler that is trained by steps, "
        "`holds-part` for a decoder that holds another decoder",
    )
    parser.add_argument(
        "--license",
        choices=LICENSE_NAMES,
        default=LICENSE_NAMES[0],
        help="the licence of the package (default: %(default)s)",
    )
    parser.add_argument(
        "--author",
        default="",
        metavar='"NAME <E-MAIL>"',
        help="the author that the package names (default: its developers)",
    )
    parser.add_argument(
        "--out",
        type=home_path,
        default=Path(),
        metavar="DIR",
        help="where to create the package's folder (default: the current folder)",
    )


def run(args: argparse.Namespace) -> int:
    """Writes the package and prints the next steps.

    Raises:
        UsageError: for an invalid name, template or author, or an existing folder.
        VaeregError: if the folder cannot be written.
    """
    from vaereg.new_plugin.package_files import noun, package_files
    from vaereg.new_plugin.plugin_name import read_plugin_name
    from vaereg.new_plugin.write_folder import write_folder

    name = read_plugin_name(args.name)
    owners = _others_of_that_name(args, name.component, name.distribution)
    use = f"{name.distribution}/{name.component}" if owners else name.component
    files = package_files(
        name,
        args.kind,
        template=args.template,
        use=use,
        license_name=args.license,
        author=args.author,
    )
    folder = args.out / name.distribution
    write_folder(folder, files)
    what = f"{noun(args.kind)} `{name.component}`"
    if owners:
        warning_printer(args)(
            f"{', '.join(owners)} also offers the {what}; in registry.toml, call yours `{use}`"
        )
    if args.json:
        print_json({"written": str(folder), "use": use, "files": sorted(files)})
        return 0
    Terminal(sys.stdout, args.color).print(
        f"wrote {folder}: the {what} and its tests, in {len(files)} files\n"
        f"next:\n  cd {folder}\n"
        '  pip install -e ".[test]"\n'
        "  pytest\n"
        "  vaereg train"
    )
    return 0


def _others_of_that_name(args: argparse.Namespace, component: str, own: str) -> list[str]:
    """The distributions that already offer that name; registry.toml must then use the full name."""
    offers = discover(no_plugins=args.no_plugins).offers(args.kind)
    return [
        each.distribution for each in offers if each.name == component and each.distribution != own
    ]

"""Runs every law of the contract kit on a component, or on those of a distribution, without pytest.

A law that depends on a broken one is not tried; -v prints the tracebacks of exceptions. --fast
leaves out the laws that take longest; the result names them, and --list marks them. Exit codes:
0 if every law is kept, 3 if one is broken or fewer checks ran than --minimum; with --backend all,
the first exit code of a backend that is not 0. Give required parameters of a component as --set
KIND.NAME.KEY=VALUE; registry.toml is not read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from vaereg.cli.exit_code import ExitCode
from vaereg.cli.options import natural
from vaereg.errors import UsageError
from vaereg.renamed import renamed_law
from vaereg.wording import did_you_mean

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import TomlValue
    from vaereg.host.progress import Progress
    from vaereg.testing import ComponentUnderTest, Law, Outcome


ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "distribution",
        nargs="?",
        metavar="DIST",
        help="an installed distribution, or vaereg; or one component, such as prior/real_nvp",
    )
    parser.add_argument(
        "--list",
        action="store_true",
        help="list the laws without running them; without DIST, list all",
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="LAW", help="run only this law; repeatable"
    )
    parser.add_argument(
        "--fast",
        action="store_true",
        help="leave out the laws that take longest: those that train a tiny model, try every bound "
        "of the parameters, or compile; the result names them",
    )
    parser.add_argument(
        "--expect",
        action="append",
        default=[],
        metavar="LAW=REASON",
        help="accept a broken law (its id, or KIND/NAME:LAW) for this reason; an error once the "
        "law is kept; repeatable",
    )
    parser.add_argument(
        "--minimum", type=natural, default=0, metavar="N", help="fail if fewer than N checks ran"
    )
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="tensorflow, jax, torch, all (each installed backend in turn), or auto: the first "
        "backend with an accelerator, otherwise TensorFlow (default: KERAS_BACKEND if set, "
        "otherwise auto)",
    )


def run(args: argparse.Namespace) -> int:
    """Prints a line for each component and for each law that it breaks, and the counts."""
    from vaereg.cli.check_backends import check_on_each
    from vaereg.cli.check_list import print_list
    from vaereg.cli.check_results import Results
    from vaereg.cli.output import print_json
    from vaereg.host.devices import choose_backend
    from vaereg.host.progress import Progress

    if not args.distribution and not args.list:
        raise UsageError(
            "name the distribution to check, such as `vaereg check-plugin vaereg-plugin-x`, or a "
            "component, such as prior/real_nvp\n"
            "`vaereg plugins` lists the installed distributions, and --list the laws"
        )
    if args.backend == ALL and not args.list:
        return check_on_each(args)
    progress = Progress(quiet=args.quiet)
    name = "auto" if args.backend == ALL else args.backend  # the list is the same on every backend
    backend = choose_backend(name, progress.stage).backend
    progress.stage("loading keras")
    from vaereg.testing import LAWS

    progress.end_stage()
    _refuse_unknown_laws(args.only, LAWS)
    components = _components_under_test(args) if args.distribution else []
    _refuse_slow_laws(args, LAWS)
    wanted = [law for law in LAWS if not args.only or law.id in args.only]
    if args.list:
        kinds = {component.kind for component in components}
        print_list([each for each in wanted if not kinds or each.kinds & kinds], args)
        return int(ExitCode.DONE)
    offer = components[0].offer
    results = Results(
        color=args.color,
        minimum=args.minimum,
        distribution=offer.distribution,
        version=offer.version,
        backend=backend,
        left_out=_left_out(components, wanted) if args.fast else None,
        silent=args.json,
        verbose=bool(args.verbose),
    )
    for outcomes in _outcomes_by_component(components, wanted, args, progress):
        results.tell([each.as_dict() for each in outcomes])
    results.end()
    if args.json:
        print_json(results.document())
    return int(ExitCode.DONE if results.kept else ExitCode.PLUGIN)


def _outcomes_by_component(
    components: Sequence[ComponentUnderTest],
    wanted: Sequence[Law],
    args: argparse.Namespace,
    progress: Progress,
) -> Iterator[list[Outcome]]:
    """The outcomes of the checks, component by component."""
    from contextlib import redirect_stdout

    from vaereg.testing import LAWS, run_checks
    from vaereg.testing.outcome import check_reasons

    bound = [(each, [law for law in wanted if each.kind in law.kinds]) for each in components]
    pairs = [(each, law) for each, laws in bound for law in laws]
    reasons = _expected_reasons(args.expect)
    try:
        check_reasons(reasons, pairs, [law.id for law in LAWS])
    except ValueError as fault:
        raise UsageError(f"--expect: {str(fault).partition(': ')[2]}") from fault
    for component, every in bound:
        laws = [law for law in every if not (args.fast and law.slow)]
        outcomes: list[Outcome] = []
        progress.stage(f"{component.kind}/{component.offer.name}: {len(laws)} checks")
        # What a component prints must not end up in the result on stdout.
        with redirect_stdout(sys.stderr):
            outcomes.extend(run_checks(component, laws, reasons))
        progress.end_stage()
        yield outcomes


def _refuse_unknown_laws(names: Sequence[str], laws: Sequence[Law]) -> None:
    known = [law.id for law in laws]
    for name in names:
        if name not in known:
            hint = (
                renamed_law(name)
                or did_you_mean(name, known)
                or "`vaereg check-plugin --list` lists all"
            )
            raise UsageError(f"no law is named `{name}`; {hint}")


def _refuse_slow_laws(args: argparse.Namespace, laws: Sequence[Law]) -> None:
    slow = [law.id for law in laws if law.slow and law.id in args.only]
    if args.fast and slow:
        raise UsageError(f"--fast leaves out `{slow[0]}`, which --only names; drop one of the two")


def _left_out(components: Sequence[ComponentUnderTest], laws: Sequence[Law]) -> list[str]:
    kinds = {component.kind for component in components}
    return [law.id for law in laws if law.slow and law.kinds & kinds]


def _expected_reasons(given: Sequence[str]) -> dict[str, str]:
    parted = [each.partition("=") for each in given]
    return {key.strip(): reason.strip() for key, _, reason in parted}


def _asked_components(asked: str) -> list[ComponentUnderTest]:
    """The components of a distribution, or the one that `KIND/NAME` stands for."""
    from vaereg.discovery.discover import discover
    from vaereg.testing import components_under_test
    from vaereg.workflows.named_component import named_component

    if "/" not in asked:
        return components_under_test(asked)
    catalog = discover()
    offer = named_component(asked, catalog)
    components = components_under_test(offer.distribution, catalog=catalog)
    return [each for each in components if each.offer == offer]


def _components_under_test(args: argparse.Namespace) -> list[ComponentUnderTest]:
    """The components, with the parameters that --set gives.

    Raises:
        PluginError: if the distribution is not installed, is broken or offers nothing.
        UsageError: if --set does not name one of its components.
        DeclarationError: if a parameter is wrong.
    """
    import attrs

    from vaereg.declaration.shapes.structure import structured
    from vaereg.declaration.text.document import Document
    from vaereg.declaration.text.override import override

    components = _asked_components(args.distribution)
    given: Mapping[str, TomlValue] = override(Document(values={}), args.overrides).values
    names = {(each.kind, each.offer.name): each for each in components}
    for kind, tables in given.items():
        for name, values in tables.items() if isinstance(tables, dict) else [("", {})]:
            component = names.get((kind, name))
            if component is None or not isinstance(values, dict):
                known = [f"{each}.{other}" for each, other in names]
                asked = f"{kind}.{name}".strip(".")
                hint = did_you_mean(asked, known) or "write --set KIND.NAME.KEY=VALUE"
                raise UsageError(f"--set: {args.distribution} offers no `{asked}`; {hint}")
            cls = component.offer.component.params
            params: attrs.AttrsInstance = structured(cls, values, f"{kind}/{name}")
            component.values = {
                each.alias: getattr(params, each.name) for each in attrs.fields(type(params))
            }
    others = {f"{each.kind}/{each.offer.name}": each.values for each in components}
    for each in components:
        each.others = others
    return components

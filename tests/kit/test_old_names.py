"""A plugin written against an old name gets an error with the new name, wherever it uses it."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import vaereg
from tests.helpers.made_component import under_test
from vaereg.renamed import KINDS, MEMBERS, MODULES, NAMES, renamed_in, renamed_kind
from vaereg.renamed import LAWS as OLD_LAWS
from vaereg.testing import LAWS, StandInEvidence, StandInStep

BY_ID = {law.id: law for law in LAWS}

OLD = [
    # kind, what was written against the old name, the law that meets it, the new name
    ("posterior", "GivesLatentAMean", "takes-the-data-it-declares", "Latent.mean", "mode"),
    ("regularizer", "ReadsTheMeanOfLatent", "takes-the-data-it-declares", "Latent.mean", "mode"),
    (
        "regularizer",
        "ReadsTheNumberOfTheStep",
        "takes-the-data-it-declares",
        "StandInStep.number",
        "global_step",
    ),
    (
        "regularizer",
        "ReadsTheDataOfTheContext",
        "takes-the-data-it-declares",
        "BuildContext.data",
        "data_spec",
    ),
    (
        "metric",
        "TellsInfluencesByTheirOldNames",
        "measures-the-data-it-declares",
        "Measured.generated",
        "influence_of_generated",
    ),
    (
        "metric",
        "ReadsTheInfluences",
        "measures-the-data-it-declares",
        "Measured.real",
        "influence_of_real",
    ),
    (
        "metric",
        "ReadsTheDataOfTheEvidence",
        "measures-the-data-it-declares",
        "StandInEvidence.data",
        "data_spec",
    ),
    ("dataset", "DecodesData", "data-is-as-described", "Data.decode", "to_display"),
    (
        "feature_extractor",
        "AsksForOldDisplay",
        "extracts-from-the-data-it-declares",
        "Data.decode",
        "to_display",
    ),
]


@pytest.mark.parametrize(("kind", "factory", "law_id", "old", "new"), OLD)
def test_a_broken_law_names_the_new_name(
    kind: str, factory: str, law_id: str, old: str, new: str
) -> None:
    with pytest.raises(vaereg.ContractError) as caught:
        BY_ID[law_id](under_test(kind, f"old_names:{factory}"))

    owner = old.partition(".")[0]
    assert f"`{old}` is now called `{owner}.{new}`" in str(caught.value)


def test_a_law_that_is_not_tried_names_it_too() -> None:
    made = under_test("regularizer", "old_names:ReadsTheNumberOfTheStep")

    with pytest.raises(vaereg.testing.NotHere, match=r"is now called `StandInStep\.global_step`"):
        BY_ID["outputs-are-finite"](made)


def test_every_member_of_the_table_is_met_by_a_component() -> None:
    table = {f"{owner}.{old}" for owner, members in MEMBERS.items() for old in members}

    assert {old.removeprefix("StandIn") for *_, old, _ in OLD} == table


def test_every_new_name_is_there() -> None:
    for owner, members in MEMBERS.items():
        for old, new in members.items():
            known = {*vars(getattr(vaereg, owner)), *getattr(vaereg, owner).__annotations__}
            assert new in known, new
            assert old not in known, old
    for module, names in NAMES.items():
        home = vaereg.testing if module == "vaereg.testing" else vaereg
        for old, new in names.items():
            assert hasattr(home, new)
            assert not hasattr(home, old)
    assert set(KINDS.values()) <= set(vaereg.KINDS)
    assert set(OLD_LAWS.values()) <= set(BY_ID) and not set(OLD_LAWS) & set(BY_ID)
    for old, new in MODULES.items():
        assert find_spec(new) is not None, new
        with pytest.raises(ModuleNotFoundError, match=old):
            import_module(old)


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: StandInEvidence(data=None), "`StandInEvidence.data` is now called"),
        (lambda: StandInStep(np.zeros((1, 2)), np.zeros((1, 2)), number=3), "StandInStep.global_s"),
        (lambda: __import__("vaereg.testing").testing.subjects_of, "`vaereg.testing.components_u"),
    ],
)
def test_a_stand_in_by_an_old_argument_is_explained(attempt: object, message: str) -> None:
    with pytest.raises((TypeError, AttributeError)) as caught:
        attempt()  # type: ignore[operator]  # the old argument is the test

    assert message in renamed_in(caught.value)


def test_other_faults_say_nothing_of_names() -> None:
    for fault in (
        AttributeError("'Latent' object has no attribute 'meanness'"),
        AttributeError("'Mapping' object has no attribute 'data'"),
        TypeError("Data.__init__() got an unexpected keyword argument 'decoder'"),
        ValueError("'Latent' object has no attribute 'mean'"),
    ):
        assert renamed_in(fault) == ""
    assert renamed_kind("encoder") == ""


PLUGIN = """
import vaereg

@vaereg.hookimpl
def vaereg_components():
    return [vaereg.Component(kind="features", name="old", factory="acme.old:Old", summary="Old.")]
"""


def test_the_commands_name_the_new_kind(fake_distribution, vaereg_run) -> None:
    fake_distribution("acme-vae", modules={"acme.plugin": PLUGIN})

    for command in (("plugins",), ("check-plugin", "acme-vae")):
        done = vaereg_run(*command)
        said = " ".join((done.out + done.err).split())
        assert "unknown kind 'features'; `features` is now called `feature_extractor`" in said


@pytest.mark.parametrize("where", ["plugin", "component"])
@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "from vaereg.spec.declaration import Part",
            "`vaereg.spec` is now called `vaereg.declaration`",
        ),
        ("import vaereg.testing.step", "is now called `vaereg.testing.stand_ins.step`"),
        ("import vaereg.no_such_module", "import public names only, from `vaereg` and"),
    ],
)
def test_an_import_of_a_moved_module_is_explained(
    fake_distribution, vaereg_run, where: str, line: str, said: str
) -> None:
    plugin = PLUGIN.replace("features", "regularizer")
    component = "class Old:\n    def __init__(self, params, context): ..."
    fake_distribution(
        "acme-vae",
        modules={
            "acme.plugin": f"{line}\n{plugin}" if where == "plugin" else plugin,
            "acme.old": f"{line}\n{component}",
        },
    )

    done = vaereg_run("check-plugin", "acme-vae")

    assert done.code != 0
    text = " ".join((done.out + done.err).split())
    assert said in text
    assert "install `vaereg`" not in text


@pytest.mark.parametrize("option", ["--only", "--expect"])
def test_the_old_name_of_a_law_is_explained(vaereg_run, option: str) -> None:
    reason = "" if option == "--only" else "=known"
    done = vaereg_run("check-plugin", "vaereg", option, f"real-data-has-a-floor{reason}")

    assert done.code != 0
    said = " ".join((done.out + done.err).split())
    assert "`real-data-has-a-floor` is now called `real-data-has-a-reference`" in said


def test_check_names_the_new_kind(fake_distribution, vaereg_run) -> None:
    fake_distribution("acme-vae", modules={"acme.plugin": PLUGIN})
    assert vaereg_run("init").code == 0
    registry = Path("registry.toml")
    registry.write_text(registry.read_text() + '\n[plugins]\nrequire = ["acme-vae"]\n')

    done = vaereg_run("check")

    assert done.code != 0
    assert "`features` is now called `feature_extractor`" in " ".join((done.out + done.err).split())


@pytest.mark.parametrize(
    ("name", "test", "said"),
    [
        (
            "in_a_test",
            "from vaereg.testing import StandInStep\n"
            "def test_it():\n"
            "    StandInStep([[0.0]], [[0.0]], number=3)\n",
            "`StandInStep.number` is now called `StandInStep.global_step`",
        ),
        (
            "at_the_head",
            "from vaereg.testing import subjects_of\ndef test_it(): ...\n",
            "`vaereg.testing.subjects_of` is now called `vaereg.testing.components_under_test`",
        ),
    ],
)
def test_a_test_of_an_author_that_uses_an_old_name_gets_the_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, test: str, said: str
) -> None:
    (tmp_path / f"test_old_name_{name}.py").write_text(test)  # a module's name stays imported
    fixtures = ("-p", "no:vaereg", "-p", "vaereg.testing.fixtures", "-p", "no:cacheprovider")
    code = pytest.main([*fixtures, "-p", "no:xdist", f"--rootdir={tmp_path}", str(tmp_path)])

    assert code in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
    assert said in capsys.readouterr().out

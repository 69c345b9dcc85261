"""`vaereg check-plugin` runs the kit on a distribution, and its exit code is the result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.helpers.fake_distributions import fake_distribution, plugin_source

PARTS = """
    import numpy as np

    class Sound:
        def __init__(self, params, context):
            self.shape = context.latent_shape
        def fit(self, latents, seed):
            pass
        def sample(self, n, seed):
            return np.random.default_rng(seed).normal(size=(n, *self.shape)).astype("float32")
        def state(self):
            return {}
        def restore(self, state):
            pass

    class Stuck(Sound):
        def sample(self, n, seed):
            print("drawing")
            return super().sample(n, 0)

    class Absent:
        def __init__(self, params, context):
            from vaereg.testing import NotHere
            raise NotHere("there is no file weights.npz")
"""


def component(name: str, part: str, more: str = "") -> str:
    return (
        f'vaereg.Component(kind="sampler", name={name!r}, factory="acme_draws.parts:{part}", '
        f'params=Params, summary="Made for a test.", {more})'
    )


@pytest.fixture
def installed(plugins_folder: Path) -> Path:
    """A distribution with a sound sampler, one that ignores its seed, and one that lacks a file."""
    components = [component(name.lower(), name) for name in ("Sound", "Stuck", "Absent")]
    fake_distribution(
        plugins_folder,
        "acme-draws",
        modules={"acme_draws.plugin": plugin_source(*components), "acme_draws.parts": PARTS},
        entry_points={"draws": "acme_draws.plugin"},
    )
    return plugins_folder


SEEDS = "equal-seeds-equal-samples"


def test_a_broken_law_is_reported_with_the_finding_and_the_remedy(
    installed: Path, vaereg_run: Any
) -> None:
    done = vaereg_run("check-plugin", "Acme_Draws", "--only", SEEDS, "--only", "params-are-frozen")

    assert done.code == 3
    assert "acme-draws 1.0 on " in done.out
    assert "sampler/sound: 2 kept, 0 broken\n" in done.out
    assert "sampler/stuck: 1 kept, 1 broken\n" in done.out
    assert f"  broken `{SEEDS}`: Equal seeds give equal samples; different seeds" in done.out
    assert "    found: seeds 1 and 2 give the same samples\n" in done.out
    assert "    help: " in done.out
    assert f"  skipped `{SEEDS}`: there is no file weights.npz\n" in done.out
    assert "5 checks ran: 4 kept, 1 broken, 1 skipped\n" in done.out
    assert "drawing" not in done.out  # what a component prints goes to stderr
    assert "drawing" in done.err


def test_an_expected_failure_has_a_reason_and_is_strict(installed: Path, vaereg_run: Any) -> None:
    only = ("check-plugin", "acme-draws", "--only", SEEDS)
    expected = vaereg_run(*only, "--expect", f"sampler/stuck:{SEEDS}=it is meant to be stuck")
    assert expected.code == 0
    assert f"  expected `{SEEDS}`: it is meant to be stuck\n" in expected.out
    assert "2 checks ran: 1 kept, 0 broken, 1 expected to fail, 1 skipped\n" in expected.out

    kept = vaereg_run(*only, "--expect", f"{SEEDS}=all are stuck")
    assert kept.code == 3
    assert "the law is kept, although it was expected to be broken: all are stuck" in kept.out

    assert vaereg_run(*only, "--expect", SEEDS).code == 2
    wrong = vaereg_run(*only, "--expect", "equal-seed=why")
    assert wrong.code == 2
    assert "no check 'equal-seed'" in wrong.err


def test_an_exception_is_reported_with_its_line_and_with_v_its_traceback(
    plugins_folder: Path, vaereg_run: Any
) -> None:
    parts = """
        class Broken:
            def __init__(self, params, context):
                pass
            def fit(self, latents, seed):
                latents.fit()
    """
    fake_distribution(
        plugins_folder,
        "acme-draws",
        modules={
            "acme_draws.plugin": plugin_source(component("broken", "Broken")),
            "acme_draws.parts": parts,
        },
        entry_points={"draws": "acme_draws.plugin"},
    )
    done = vaereg_run("check-plugin", "acme-draws")
    assert done.code == 3
    assert done.out.count("  broken ") == 1
    assert "found: AttributeError: 'numpy.ndarray' object has no attribute 'fit'" in done.out
    assert "at acme_draws/parts.py:" in done.out
    assert (
        "checks: not checked, because `samples-are-latents` is broken: AttributeError" in done.out
    )
    assert "Traceback" not in done.out

    told = vaereg_run("check-plugin", "acme-draws", "-v").out
    assert "Traceback (most recent call last):" in told
    assert "latents.fit()" in told


def test_too_few_checks_are_a_failure(installed: Path, vaereg_run: Any) -> None:
    only = ("check-plugin", "acme-draws", "--only", "params-are-frozen")

    assert vaereg_run(*only, "--minimum", "3").code == 0
    few = vaereg_run(*only, "--minimum", "4")
    assert few.code == 3
    assert "fewer than --minimum=4" in few.out


def test_json_holds_every_outcome(installed: Path, vaereg_run: Any) -> None:
    done = vaereg_run("check-plugin", "acme-draws", "--only", SEEDS, "--json")

    assert done.code == 3
    assert done.json["kept"] is False
    assert done.json["counts"] == {"ran": 2, "kept": 1, "broken": 1, "expected": 0, "skipped": 1}
    found = {each["component"]: each for each in done.json["checks"]}
    assert found["stuck"]["found"] == "seeds 1 and 2 give the same samples"
    assert found["stuck"]["level"] == "law"
    assert found["absent"]["status"] == "skipped"


def test_fast_leaves_out_the_slow_laws_and_says_which(installed: Path, vaereg_run: Any) -> None:
    from vaereg.testing import LAWS

    slow = [law.id for law in LAWS if law.slow and "sampler" in law.kinds]
    assert slow
    done = vaereg_run("check-plugin", "acme-draws", "--fast", "--json")
    ran = {each["check"] for each in done.json["checks"]}
    assert done.json["fast"] is True
    assert done.json["left_out"] == slow
    assert ran == {law.id for law in LAWS if "sampler" in law.kinds} - set(slow)

    # An expected failure of a law that is left out is no mistake.
    only = ("check-plugin", "acme-draws", "--only", SEEDS)
    told = vaereg_run("check-plugin", "sampler/sound", "--fast", "--expect", f"{slow[0]}=so")
    assert f"--fast left out {len(slow)} laws: `{slow[0]}`" in told.out
    assert "left out" not in vaereg_run(*only).out
    both = vaereg_run(*only, "--fast", "--only", slow[0])
    assert both.code == 2
    assert f"--fast leaves out `{slow[0]}`" in both.err


def finished(status: str) -> dict[str, Any]:
    """The output of a child process for one check."""
    row = {
        "kind": "sampler",
        "component": "sound",
        "check": SEEDS,
        "level": "law",
        "law": "Equal seeds give equal samples; different seeds give different ones.",
        "help": "Draw anew.",
        "status": status,
        "found": "all is equal",
        "traceback": "",
        "reason": "",
        "seconds": 0.1,
    }
    return {
        "schema_version": 1,
        "distribution": "acme-draws",
        "version": "1.0",
        "kept": status == "kept",
        "left_out": [],
        "checks": [row],
    }


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Records the commands of child processes and returns given results; runs none of them."""
    from vaereg.cli import check_backends

    answers = {
        "tensorflow": (0, finished("kept")),
        "jax": (3, finished("broken")),
        "torch": (5, {"error": {"message": "torch cannot be loaded"}}),
    }
    commands: list[list[str]] = []

    def run_child(command: list[str]) -> tuple[int, dict[str, Any]]:
        commands.append(command)
        (backend,) = (each for each in answers if f"--backend={each}" in command)
        return answers[backend]

    monkeypatch.setattr(check_backends, "run_child", run_child)
    monkeypatch.setattr(check_backends, "installed_backends", lambda: tuple(answers))
    return commands


def test_each_backend_is_reported_and_the_first_failure_gives_the_exit_code(
    children: list[list[str]], vaereg_run: Any
) -> None:
    done = vaereg_run("check-plugin", "acme-draws", "--backend", "all")

    assert done.code == 3
    assert [word for each in children for word in each if word.startswith("--backend")] == [
        "--backend=tensorflow",
        "--backend=jax",
        "--backend=torch",
    ]
    assert "acme-draws 1.0 on tensorflow\nsampler/sound: 1 kept, 0 broken\n" in done.out
    assert "acme-draws 1.0 on jax\nsampler/sound: 0 kept, 1 broken\n" in done.out
    assert f"  broken `{SEEDS}`: Equal seeds give equal samples" in done.out
    assert "    found: all is equal\n    help: Draw anew.\n" in done.out
    assert "tensorflow: 1 checks ran: 1 kept, 0 broken (" in done.out
    assert "torch: the checks could not be run (" in done.out
    assert "torch cannot be loaded" in done.err


def test_the_options_reach_each_backend(children: list[list[str]], vaereg_run: Any) -> None:
    options = ["--fast", "--only=x", "--expect=x=why", "--set=sampler.sound.scale=2", "--minimum=7"]
    vaereg_run("check-plugin", "acme-draws", "--backend=all", "-q", "--no-plugins=b", *options)

    for command in children:
        assert {"acme-draws", "--json", "--quiet", "--no-plugins=b", *options} <= set(command)


def test_json_holds_each_backend(
    children: list[list[str]], vaereg_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vaereg.cli import check_backends

    monkeypatch.setattr(check_backends, "installed_backends", lambda: ("tensorflow", "jax"))
    found = vaereg_run("check-plugin", "acme-draws", "--backend", "all", "--json")

    assert found.code == 3
    assert found.json["kept"] is False
    assert found.json["not_installed"] == ["torch"]
    assert [(each["backend"], each["kept"]) for each in found.json["backends"]] == [
        ("tensorflow", True),
        ("jax", False),
    ]
    text = vaereg_run("check-plugin", "acme-draws", "--backend", "all").out
    assert "torch: not installed; pip install 'vaereg[torch]'\n" in text


def test_a_backend_that_is_not_installed_is_an_error_that_lists_the_installed_ones(
    installed: Path, vaereg_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vaereg.host import devices

    found = devices.find_spec
    monkeypatch.setattr(devices, "find_spec", lambda name: None if name == "jax" else found(name))
    done = vaereg_run("check-plugin", "acme-draws", "--backend", "jax")

    assert done.code == 2
    assert "'jax' is not installed; installed: " in done.err
    assert "pip install 'vaereg[jax]'" in done.err


@pytest.mark.slow
def test_every_installed_backend_is_tried_in_a_process_of_its_own(
    installed: Path, vaereg_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vaereg.host.devices import installed_backends

    monkeypatch.setenv("PYTHONPATH", str(installed))
    done = vaereg_run(
        "check-plugin", "acme-draws", "--backend=all", "--json", "--only", SEEDS, "-q"
    )

    assert done.code == 3
    assert [each["backend"] for each in done.json["backends"]] == list(installed_backends())
    for each in done.json["backends"]:
        assert each["counts"]["broken"] == 1
        assert each["counts"]["skipped"] == 1


def test_every_check_is_listed_with_its_law_its_level_and_an_explanation(vaereg_run: Any) -> None:
    from vaereg.testing import LAWS

    listed = vaereg_run("check-plugin", "--list", "--json").json["checks"]
    assert [each["id"] for each in listed] == [law.id for law in LAWS]
    assert [each["id"] for each in listed if not each["fast"]] == [w.id for w in LAWS if w.slow]
    assert all(each["law"] and each["explanation"] and each["kinds"] for each in listed)

    text = vaereg_run("check-plugin", "--list").out
    assert f"  {SEEDS} (sampler)\n    Equal seeds give equal samples" in text
    assert f"{len(LAWS)} checks\n" in text


def test_the_list_of_a_distribution_has_the_laws_of_its_kinds(
    installed: Path, vaereg_run: Any
) -> None:
    from vaereg.testing import LAWS

    listed = vaereg_run("check-plugin", "acme-draws", "--list", "--json").json["checks"]

    assert [each["id"] for each in listed] == [w.id for w in LAWS if "sampler" in w.kinds]


def test_required_parameters_are_given_by_set(plugins_folder: Path, vaereg_run: Any) -> None:
    source = """
        import attrs, vaereg

        @attrs.frozen
        class Needy:
            scale: float = vaereg.param(vaereg.REQUIRED, "how far", gt=0)

        @vaereg.hookimpl
        def vaereg_components():
            return [vaereg.Component(kind="sampler", name="needy", params=Needy,
                factory="acme_needy.parts:Sound", summary="Made for a test.")]
    """
    fake_distribution(
        plugins_folder,
        "acme-needy",
        modules={"acme_needy.plugin": source, "acme_needy.parts": PARTS},
        entry_points={"needy": "acme_needy.plugin"},
    )
    only = ("check-plugin", "acme-needy", "--only", "samples-are-latents")

    without = vaereg_run(*only)
    assert without.code == 0
    assert "`vaereg check-plugin --set sampler.needy.KEY=VALUE`" in without.out
    assert "0 checks ran" in without.out
    assert "1 kept" in vaereg_run(*only, "--set", "sampler.needy.scale=2").out
    assert vaereg_run(*only, "--set", "sampler.needy.scale=-2").code == 2
    wrong = vaereg_run(*only, "--set", "sampler.neddy.scale=2")
    assert wrong.code == 2
    assert 'did you mean "sampler.needy"?' in wrong.err


def test_a_distribution_that_cannot_be_checked_is_an_error(
    installed: Path, vaereg_run: Any
) -> None:
    assert vaereg_run("check-plugin", "acme-drawz").code == 3
    nothing = vaereg_run("check-plugin")
    assert nothing.code == 2
    assert "name the distribution to check" in nothing.err
    misspelt = vaereg_run("check-plugin", "acme-draws", "--only", "params-are-frosen")
    assert misspelt.code == 2
    assert 'did you mean "params-are-frozen"' in misspelt.err


def test_one_component_can_be_checked_alone(installed: Path, vaereg_run: Any) -> None:
    for name in ("sampler/sound", "sampler/acme-draws/sound", "acme-draws/sound"):
        done = vaereg_run("check-plugin", name, "--only", SEEDS)
        assert (done.code, "sampler/sound: 1 kept" in done.out) == (0, True), name
        assert "stuck" not in done.out

    unknown = vaereg_run("check-plugin", "sampler/sond")
    assert unknown.code == 2
    assert 'did you mean "sound"?' in unknown.err


def test_what_a_component_prints_does_not_spoil_the_json(installed: Path, vaereg_run: Any) -> None:
    done = vaereg_run("check-plugin", "sampler/stuck", "--json", "--only", "nothing-is-printed")

    (check,) = done.json["checks"]
    assert (done.code, check["status"]) == (3, "broken")
    assert "it prints 'drawing" in check["found"]

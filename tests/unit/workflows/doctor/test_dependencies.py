"""Required and optional distributions compared with the installed ones."""

from __future__ import annotations

from vaereg.workflows.doctor.dependencies import Installed, dependencies, extras

NEEDS = {
    "vaereg": [
        "attrs>=24.2",
        "keras>=3.15",
        "Importlib_Metadata>=8.5",
        "absent",
        'only-there>=1; sys_platform == "nowhere"',
        'jax>=0.5; extra == "jax"',
        'tensorflow[and-cuda]>=2.18; extra == "gpu"',
        'a-metric==1.0; extra == "oracles"',
    ],
    "tensorflow": ["numpy", 'nvidia-cublas>=12; extra == "and-cuda"'],
}
VERSIONS = {
    "attrs": "25.1",
    "keras": "3.9.0",
    "importlib-metadata": "8.5",
    "jax": "0.6.0.dev1",
    "tensorflow": "2.20",
    "a-metric": "2.0",
}


def installed(**more: str) -> Installed:
    versions = {**VERSIONS, **{name.replace("_", "-"): value for name, value in more.items()}}
    return Installed(
        version_of=lambda name: versions.get(name, ""),
        requirements_of=lambda name: NEEDS.get(name, []),
    )


def test_each_dependency_has_its_version_and_its_problem() -> None:
    found = {each.name: each for each in dependencies(installed())}

    assert list(found) == ["attrs", "keras", "importlib-metadata", "absent"]
    assert (found["attrs"].version, found["attrs"].problem) == ("25.1", "")
    assert found["importlib-metadata"].problem == ""
    assert found["keras"].problem == (
        "version 3.9.0 is installed, but >=3.15 is required; "
        'run `python -m pip install "keras>=3.15"`'
    )
    assert found["absent"].problem.startswith("it is not installed")


def test_an_extra_is_present_if_all_its_requirements_are() -> None:
    found = {each.name: each.missing for each in extras(installed())}

    assert found == {
        "jax": (),
        "gpu": ("tensorflow[and-cuda]>=2.18",),  # tensorflow is installed, its extra is not
        "oracles": ("a-metric==1.0",),
    }


def test_an_extra_may_require_another_extra() -> None:
    found = {each.name: each.missing for each in extras(installed(nvidia_cublas="12.1"))}

    assert found["gpu"] == ()


def test_a_version_that_cannot_be_read_is_not_suitable() -> None:
    (attrs, *_) = dependencies(installed(attrs="unknown"))

    assert "version unknown is installed" in attrs.problem


def test_without_metadata_there_are_no_dependencies() -> None:
    nothing = Installed(version_of=lambda name: "", requirements_of=lambda name: [])

    assert dependencies(nothing) == extras(nothing) == ()

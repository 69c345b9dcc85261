"""Each module of the later stages has a test file of its name, or a reason for none."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.source_tree import ROOT

STAGES = ("assembly", "comparison", "evaluation", "model", "trained", "training")

STEPS = (
    "tests/unit/model/backends/test_steps.py holds the steps of the active backend to a plain path"
)
GRADIENT = "tests/unit/model/backends/test_inner_gradient.py runs on each backend"
UPDATES = "tests/unit/model/backends/test_optimizers.py compares updates on each backend"
SAMPLERS = "tests/unit/training/samplers/test_train_sampler.py trains samplers"
WITHOUT_A_TEST_FILE = {
    "assembly/parts": "a value without behaviour",
    "comparison/verdicts/cause_kind": "a value without behaviour",
    "evaluation/evaluate_run": "commands and front door are tested by tests/flow/test_evaluate.py",
    "evaluation/evidence/presets": "a table of numbers",
    "model/backends/chosen_steps": "chooses a base class at import",
    "model/backends/jax/inner_gradient": GRADIENT,
    "model/backends/jax/kept_state": "tests/unit/model/test_training_by_fit.py interrupts `fit`",
    "model/backends/jax/steps": STEPS,
    "model/backends/tensorflow/inner_gradient": GRADIENT,
    "model/backends/tensorflow/optimizers": UPDATES,
    "model/backends/tensorflow/steps": STEPS,
    "model/backends/torch/inner_gradient": GRADIENT,
    "model/backends/torch/optimizers": UPDATES,
    "model/backends/torch/steps": STEPS,
    "model/engine/engine": "tests/unit/model/test_players_model.py and test_vae.py train by it",
    "model/samplers/learned_sampler": SAMPLERS,
    "model/made_from": "tests/unit/model/test_build_declared.py and test_keras_files.py run it",
    "model/samplers/sampler_model": SAMPLERS,
    "model/engine/untracked": "attributes without behaviour",
    "trained/absent_split": "a stand-in without behaviour; test_sample_run uses it",
    "trained/sampler_path": "tests/unit/trained/test_samplers.py keeps states under it",
    "trained/encoded": "a value without behaviour",
    "trained/open_trained": "tests/unit/trained/test_load_run.py opens runs by it",
    "trained/enough_memory": "tests/unit/trained/test_trained_model.py asks for too many samples",
    "trained/model_with_data": "tests/unit/trained/test_trained_model.py takes examples by it",
    "trained/opened_run": "tests/unit/trained/test_load_run.py opens runs by it",
    "trained/sampler_slot": "tests/unit/trained/test_trained_model.py names samplers",
    "trained/split_of_data": "tests/unit/trained/test_trained_model.py names splits",
    "training/fit_all": "tests/unit/training/test_trainer.py trains by it",
    "training/samplers/encoded_latents": SAMPLERS,
    "training/evaluator": "a Protocol",
    "training/outcome": "a value without behaviour",
}
"""Module -> why it has no test file of its own."""


def modules() -> set[str]:
    """The modules of those stages, as stage/.../name."""
    return {
        str(path.relative_to(ROOT / "vaereg").with_suffix(""))
        for stage in STAGES
        for path in (ROOT / "vaereg" / stage).rglob("*.py")
        if path.stem != "__init__"
    }


def has_a_test_file(module: str) -> bool:
    path = Path(module)
    return (ROOT / "tests" / "unit" / path.parent / f"test_{path.name}.py").exists()


def test_each_module_has_a_test_file_of_its_name_or_a_reason() -> None:
    without = {module for module in modules() if not has_a_test_file(module)}

    assert without == set(WITHOUT_A_TEST_FILE)

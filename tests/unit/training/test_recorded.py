from vaereg.host.progress import Progress
from vaereg.runs.layout import RunFolder
from vaereg.training.recorded import recorded


def test_a_training_removes_what_a_killed_process_left_in_the_run(tmp_path):
    run = RunFolder(tmp_path)
    places = (run.path, run.checkpoints, run.samples, run.samplers)
    for place in places:
        place.mkdir(exist_ok=True)
        (place / ".state.h5.abcd.tmp").write_text("half")
        (place / "state.h5").write_text("whole")

    with recorded(run, 1, Progress(quiet=True), (run.checkpoints,), "go on"):
        pass

    for place in places:
        assert not [*place.glob(".*.tmp")] and (place / "state.h5").exists()

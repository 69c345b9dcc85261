import io

import keras

from vaereg.host.devices import BackendChoice
from vaereg.host.import_keras import import_keras
from vaereg.host.progress import Progress


def test_the_backend_its_reason_and_the_devices_are_shown():
    stream = io.StringIO()
    backend = keras.backend.backend()
    devices = import_keras(BackendChoice(backend, "as requested"), Progress(stream=stream))
    importing, using = stream.getvalue().splitlines()
    assert importing == f"importing keras ({backend}) …"
    assert using == f"backend {backend} (as requested) on {', '.join(devices)}"

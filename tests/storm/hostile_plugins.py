"""Plugins that do harm at import, in their hook or by what they offer: name -> module."""

from __future__ import annotations

from pathlib import Path

HOOK = "import vaereg\n@vaereg.hookimpl\ndef vaereg_components():\n    "
RETURN = HOOK + "return [vaereg.Component(kind='regularizer', name='quiet', factory='a:b', {})]\n"
PARAMS = "import attrs, vaereg, sys\n{}\n" + RETURN.format("params=P")
RAW = "\\x1b]0;owned\\x07\\x9b31m\\r\\u202e"

BROKEN = {
    "a raw factory": HOOK
    + f"return [vaereg.Component(kind='prior', name='x1', factory='{RAW}:b')]",
    "exits at import": "import sys\nsys.exit(0)",
    "exits in its hook": HOOK + "raise SystemExit(0)",
    "exits with a text": f"raise SystemExit('{RAW}')",
    "panics at import": "class PanicException(BaseException):\n    pass\nraise PanicException('x')",
    "panics in its hook": HOOK + "raise BaseException('x')",
    "raises what cannot be shown": (
        "class E(BaseException):\n    def __str__(self):\n        raise SystemExit(0)\nraise E"
    ),
    "raises what shows no string": (
        "class E(Exception):\n    def __str__(self):\n        return 3\nraise E"
    ),
    "raises raw control characters": f"raise ValueError('{RAW}')",
    "raises a class with a raw name": f"raise type('{RAW}', (Exception,), {{}})('x')",
    "raises a megabyte": "raise ValueError('x' * 1_000_000)",
    "recurses": "def f():\n    f()\nf()",
    "has no memory": "raise MemoryError",
    "is not Python": "def (:",
    "has a NUL": "x = '\x00'",
    "is not UTF-8": "x = '\udce9'",
    "raises a group": "raise BaseExceptionGroup('x', [SystemExit(0)])",
    "lists without an end": (
        "class L(list):\n    def __iter__(self):\n        raise SystemExit(0)\n"
        + HOOK
        + "return L([1])"
    ),
    "a component whose text raises": (
        "class C:\n    def __repr__(self):\n        raise SystemExit(0)\n" + HOOK + "return [C()]"
    ),
    "a raw name": HOOK + f"return [vaereg.Component(kind='prior', name='{RAW}', factory='a:b')]",
    "a name that is no name": HOOK + "return [vaereg.Component(kind='prior', name=3, factory='a')]",
    "an endless name": HOOK
    + "return [vaereg.Component(kind='prior', name='x' * 10**6, factory='a:b')]",
    "a raw kind": HOOK + f"return [vaereg.Component(kind='{RAW}', name='a', factory='a:b')]",
    "a factory that is no string": HOOK
    + "return [vaereg.Component(kind='prior', name='a', factory=3)]",
}
"""Those that cannot be used."""

USABLE = {
    "answers every name": (
        RETURN.format("") + "def __getattr__(name):\n    raise SystemExit(name)"
    ),
    "parameters that raise": PARAMS.format(
        "class P:\n    __attrs_attrs__ = property(lambda self: sys.exit(0))"
    ),
    "changes the folder": "import os\nos.chdir('/')\n" + RETURN.format(""),
    "changes the environment": (
        "import os\nos.environ['KERAS_BACKEND'] = 'nothing'\nos.environ.pop('PATH', None)\n"
        + RETURN.format("")
    ),
    "replaces the streams": (
        "import sys\nsys.stdout = sys.stderr = sys.stdin = None\n" + RETURN.format("")
    ),
    "prints": "import os\nprint('noise')\nos.write(1, b'noise\\n')\n" + RETURN.format(""),
    "keeps a thread": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\n"
        + RETURN.format("")
    ),
    "makes warnings errors": "import warnings\nwarnings.simplefilter('error')\n"
    + RETURN.format(""),
    "empties the path": "import sys\nsys.path.clear()\n" + RETURN.format(""),
    "closes the streams": "import sys\nsys.stdout.close()\nsys.stdin.close()\n" + RETURN.format(""),
    "closes the descriptors": "import os\nos.closerange(0, 3)\n" + RETURN.format(""),
    "sends stdout elsewhere": (
        "import os\nos.dup2(os.open(os.devnull, os.O_WRONLY), 1)\n" + RETURN.format("")
    ),
    "sets an alarm": "import signal\nsignal.alarm(1)\n" + RETURN.format(""),
    "takes the builtins": (
        "import builtins\nbuiltins.print = builtins.open = None\n" + RETURN.format("")
    ),
    "takes modules": "import sys\nsys.modules['json'] = None\ndel sys.modules['re']\n"
    + RETURN.format(""),
    "traces": "import sys\nsys.settrace(lambda *seen: None)\n" + RETURN.format(""),
    "hides new files": "import os\nos.umask(0o777)\n" + RETURN.format(""),
    "fails at the end": (
        "import atexit, sys\natexit.register(sys.exit, 0)\natexit.register(print, 'noise')\n"
        + RETURN.format("")
    ),
    "allows no depth": "import sys\nsys.setrecursionlimit(60)\n" + RETURN.format(""),
    "a raw summary": RETURN.format(f"summary='{RAW}', reference='{RAW}'"),
    "an absurd default": PARAMS.format(
        "def fail():\n    sys.exit(0)\n"
        "@attrs.frozen\nclass P:\n    x: int = attrs.field(factory=fail)"
    ),
    "absurd metadata": PARAMS.format(
        "@attrs.frozen\nclass P:\n    x: int = attrs.field(default=1, metadata={'ge': sys, 3: []})"
    ),
    "a type that does not exist": PARAMS.format(
        "@attrs.frozen\nclass P:\n    x: 'Nothing[int]' = 1"
    ),
    "a default that cannot be shown": PARAMS.format(
        "class D:\n    def __repr__(self):\n        sys.exit(0)\n"
        "@attrs.frozen\nclass P:\n    x: int = D()"
    ),
    "a megabyte of summary": RETURN.format("summary='x' * 10**6"),
}
"""Those that load, each with a component that nothing uses; what they change is put back."""


def install(folder: Path, plugins: dict[str, str]) -> dict[str, str]:
    """Writes each plugin as an installed distribution; returns name -> distribution."""
    written = {}
    for name, source in plugins.items():
        package = "bad_" + name.replace(" ", "_").replace("-", "_")
        (folder / f"{package}.py").write_bytes(source.encode("utf-8", "surrogateescape"))
        _distribution(folder, package, f"Name: {package}\nVersion: 1.0\n", f"x = {package}\n")
        written[name] = package.replace("_", "-").lower()
    return written


METADATA: dict[str, tuple[str, str]] = {
    "raw_version": ("Name: raw_version\nVersion: \x1b[31m1\x07\n", "x = bad_metadata\n"),
    "no_version": ("Name: no_version\n", "x = bad_metadata\n"),
    "raw_name": ("Name: raw\x1b[31m\u202ename\nVersion: 1\n", "x = bad_metadata\n"),
    "no_metadata": ("", "x = bad_metadata\n"),
    "absurd_version": (f"Name: absurd_version\nVersion: {'1.' * 50_000}\n", "x = bad_metadata\n"),
    "absurd_requirement": (
        "Name: absurd_requirement\nVersion: 1\nRequires-Dist: \x00 >>== ((\n",
        "x = bad_metadata\n",
    ),
    "raw_entry": ("Name: raw_entry\nVersion: 1\n", "\x1b[31m = bad_metadata\n"),
    "no_entry": ("Name: no_entry\nVersion: 1\n", "x\n\x00=\n[[[\n"),
    "raw_value": ("Name: raw_value\nVersion: 1\n", "x = a\x1b[31m.b:c[\x07\n"),
    "absurd_value": ("Name: absurd_value\nVersion: 1\n", "x = ..:::\n"),
    "absurd_attribute": (
        "Name: absurd_attribute\nVersion: 1\n",
        f"x = bad_metadata:{'a.' * 20_000}b\n",
    ),
}
"""Name -> METADATA and the entry points; some mislead, some cannot be read."""


def install_metadata(folder: Path) -> None:
    """Writes the distributions whose metadata is wrong."""
    (folder / "bad_metadata.py").write_text(HOOK + "return []\n", encoding="utf-8")
    for name, (metadata, entries) in METADATA.items():
        _distribution(folder, name, metadata, entries)


def _distribution(folder: Path, name: str, metadata: str, entries: str) -> None:
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\n{metadata}", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[vaereg]\n{entries}", encoding="utf-8")

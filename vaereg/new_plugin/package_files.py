"""The files of a new plugin, rendered from the templates in this folder."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import jinja2

import vaereg
from vaereg.declaration.write import toml_value
from vaereg.errors import UsageError
from vaereg.new_plugin.plugin_name import PluginName

TEMPLATES = Path(__file__).parent / "templates"

LICENSES = {"apache-2.0": "Apache-2.0", "mit": "MIT", "bsd-3-clause": "BSD-3-Clause"}
"""The name on the command line -> the SPDX identifier."""

MORE_TEMPLATES = {"decoder": ("holds-part",), "sampler": ("trained",)}
"""The templates of a kind besides its first: a decoder that holds another, a sampler that is
trained by steps. The folder is `kinds/KIND-TEMPLATE`."""

NEEDS = {
    "sampler": ("attrs>=24.2", "numpy>=1.26"),
    "sampler-trained": ("attrs>=24.2", "keras>=3.15", "numpy>=1.26"),
    "dataset": ("attrs>=24.2", "numpy>=1.26"),
    "feature_extractor": ("attrs>=24.2", "numpy>=1.26"),
    "metric": ("numpy>=1.26",),
}
"""What a component of the template imports besides vaereg; others import attrs and keras."""

AUTHOR = re.compile(r"(?P<name>[^<>\x00-\x1f]*?)\s*(<(?P<email>[^<>@\s]+@[^<>@\s]+)>)?")


def package_files(
    name: PluginName,
    kind: str,
    *,
    template: str = "",
    use: str = "",
    license_name: str,
    author: str = "",
) -> dict[str, str]:
    """The path and the text of every file of the package.

    Args:
        name: the names of the plugin.
        kind: the kind of its component.
        template: one of `MORE_TEMPLATES` of the kind; its first template if empty.
        use: the name of the component in registry.toml, if its short name is ambiguous.
        license_name: one of `LICENSES`.
        author: "Name" or "Name <e-mail>"; the developers of the plugin if empty.

    Raises:
        UsageError: if the author has another form, or the kind has no such template.
    """
    folder = _folder_of(kind, template)
    person = _author_table(author or f"The {name.distribution} developers")
    given: dict[str, str] = {
        "distribution": name.distribution,
        "package": name.package,
        "component": name.component,
        "cls": name.cls,
        "kind": kind,
        "noun": noun(kind),
        "article": "An" if noun(kind)[0] in "aeiou" else "A",
        "use": use or name.component,
        "license": LICENSES[license_name],
        "author": person["name"],
        "author_table": toml_value(person),
        "year": time.strftime("%Y"),
        "dependencies": _dependencies(folder),
    }
    render = _renderer(given)
    registry = render(f"kinds/{folder}/registry.toml.jinja")
    about = (TEMPLATES / "kinds" / folder / "about.md").read_text(encoding="utf-8").strip()
    source = f"src/{name.package}"
    return {
        "pyproject.toml": render("package/pyproject.toml.jinja"),
        "README.md": render("package/README.md.jinja", registry=registry.strip(), about=about),
        "CHANGELOG.md": render("package/CHANGELOG.md.jinja"),
        "LICENSE": render(f"licenses/{license_name}.txt.jinja"),
        "registry.toml": registry,
        ".gitignore": _as_it_is("gitignore"),
        ".github/workflows/test.yml": _as_it_is("test.yml"),
        f"{source}/__init__.py": f'"""The {noun(kind)} `{name.component}` for vaereg."""\n',
        f"{source}/py.typed": "",
        f"{source}/plugin.py": render(f"kinds/{folder}/plugin.py.jinja"),
        f"{source}/{name.component}.py": render(f"kinds/{folder}/component.py.jinja"),
        "tests/test_contract.py": render(f"kinds/{folder}/test_contract.py.jinja"),
    }


def noun(kind: str) -> str:
    """The word for one component of a kind in a sentence."""
    return "feature extractor" if kind == "feature_extractor" else kind


def _folder_of(kind: str, template: str) -> str:
    """The folder of a template within `kinds`, such as `sampler-trained`."""
    if not template:
        return kind
    if template not in MORE_TEMPLATES.get(kind, ()):
        others = " or ".join(
            f"`--kind {each} --template {name}`"
            for each, names in MORE_TEMPLATES.items()
            for name in names
        )
        raise UsageError(
            f"there is no template {template!r} for the kind {kind}; "
            f"leave --template out, or use {others}"
        )
    return f"{kind}-{template}"


def _renderer(given: dict[str, str]) -> Callable[..., str]:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # Python and TOML, not HTML
    )

    def render(template: str, **more: str) -> str:
        text = environment.get_template(template).render(given | more)
        # Empty blocks leave blank lines behind; no file needs more than two in a row.
        return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n") + "\n"

    return render


def _as_it_is(file: str) -> str:
    return (TEMPLATES / "package" / file).read_text(encoding="utf-8")


def _dependencies(folder: str) -> str:
    ours = f"vaereg>={'.'.join(vaereg.__version__.split('.')[:2])}"
    return ", ".join(
        f'"{each}"' for each in (*NEEDS.get(folder, ("attrs>=24.2", "keras>=3.15")), ours)
    )


def _author_table(text: str) -> dict[str, str]:
    found = AUTHOR.fullmatch(text.strip())
    if found is None or not found["name"]:
        raise UsageError(
            f'the author must be given as "Name" or "Name <name@example.org>"; got {text!r}'
        )
    return {key: value for key, value in found.groupdict().items() if value}

"""The directive `modules`: the documentation of every module of a package, so that none is forgotten."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Modules(SphinxDirective):
    """`.. modules:: proofs`: of the package's own modules, not of those of the packages in it.

    Of one named in the option `brief` only the introduction is shown.
    """

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], str]]] = {"brief": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        package = importlib.import_module(self.arguments[0])
        lines: list[str] = []
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if not found.ispkg:
                members = [] if found.name == self.options.get("brief") else ["   :members:"]
                lines += [f".. rubric:: {found.name}", "", f".. automodule:: {found.name}", *members, ""]
        holder = nodes.container()
        self.state.nested_parse(StringList(lines, package.__name__), self.content_offset, holder)
        return holder.children


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("modules", Modules)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""What `sphinx-build -W -b html docs build/docs` makes of these pages; no network needed, nor by readers."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "extensions"), str(HERE.parent)]

import certify  # noqa: E402
import proofs  # noqa: E402

for package in (
    certify,
    proofs,
):  # public names may be imported when they are first used: autodoc looks for them before
    for name in getattr(package, "__all__", ()):
        setattr(package, name, getattr(package, name))

project = "certify"
author = "the certify contributors"
copyright = author  # noqa: A001
release = certify.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml", "modules", "plain_docstrings"]

myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4

html_theme = "alabaster"
html_title = f"certify {release}"
html_theme_options = {"description": "Proofs that neural networks have bad local minima", "page_width": "1080px"}
html_math_renderer = "mathml"
html_show_sourcelink = False

autodoc_member_order = "bysource"
python_use_unqualified_type_names = True
smartquotes = False  # primes are derivatives

"""How the documentation is built: `sphinx-build -W -b html docs build`. Nothing is fetched, then or when it is read."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "extensions"), str(HERE.parent)]

from certify import __version__ as version  # noqa: E402

project = "certify"
author = "the certify contributors"
copyright = author  # noqa: A001
release = version
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml", "plain_docstrings"]
exclude_patterns = ["build"]

myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4
nitpicky = False

html_theme = "alabaster"
html_title = f"certify {version}"
html_theme_options = {"description": "Proofs that neural networks have bad local minima", "page_width": "70em"}
html_math_renderer = "mathml"
html_show_sourcelink = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_use_ivar = True
napoleon_use_rtype = False

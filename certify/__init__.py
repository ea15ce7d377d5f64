"""The untrusted half: reads data, searches, builds certificates, writes reports, talks to people.

    import certify
    result = certify.prove("iris.csv", activation="tanh", depth=2)
    result.verdict, result.claim, result.scope
    result.save("out")
    result.check()          # both checkers, from the text of what `save` writes

`prove`, `examine` and `check` raise `UsageError` for bad input, and the first two `NotFound` when nothing was proved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certify.api import examine, prove
    from certify.certified import Examination, Proof
    from certify.checking import Checked, check
    from certify.errors import PluginError, UsageError
    from certify.plan import NotFound
    from proofs.kernel import Verdict

__version__ = "0.1.0"
__all__ = [
    "Checked",
    "Examination",
    "NotFound",
    "PluginError",
    "Proof",
    "UsageError",
    "Verdict",
    "check",
    "examine",
    "prove",
]

_MODULES = {
    "Checked": "certify.checking",
    "Examination": "certify.certified",
    "NotFound": "certify.plan",
    "PluginError": "certify.errors",
    "Proof": "certify.certified",
    "UsageError": "certify.errors",
    "Verdict": "proofs.kernel",
    "check": "certify.checking",
    "examine": "certify.api",
    "prove": "certify.api",
}


def __getattr__(name: str) -> object:
    """The public names, imported when they are first used: the command line starts faster without them."""
    if name not in _MODULES:
        raise AttributeError(f"module 'certify' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

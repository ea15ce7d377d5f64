"""The trusted half: exact instances, ball arithmetic, lemmas and the loop that checks a certificate.

To read it, begin with `checking`, `kernel` and `claim`; then take one theorem, such as `lemmas/constant_point`, with
the claim that needs it, `claims/minimum`. `exact`, `balls`, `document` and `instance` say what numbers and data are;
the lemmas about trained networks work with `full_network` and `krawczyk`. `standalone` is a second checker in one file,
which shares no code with all this.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proofs.checking import Outcome

__all__ = ["check"]


def check(instance: Path | str | Mapping[str, object], certificate: Path | str | Mapping[str, object]) -> Outcome:
    """Check a certificate against its instance, with the lemmas of `proofs` alone.

    Args:
        instance: a file (a `Path`), the JSON text of one (a string), or the document that the text stands for.
        certificate: likewise.

    Returns:
        the verdict (compare it with `is`; it is no truth value), the claim, the facts and, if a step failed, which.

    Raises:
        Malformed (of `proofs.exact`): not of the published formats.
        TooLarge (of `proofs.document`): larger than the checker reads.
        OSError: a file cannot be read.
    """
    # Imported here: the second checker lies in this package, and must not need the first one's libraries.
    from proofs import checking  # noqa: PLC0415
    from proofs.certificate import read_certificate  # noqa: PLC0415
    from proofs.document import parse_document  # noqa: PLC0415
    from proofs.instance import read_instance  # noqa: PLC0415

    folder = instance.parent if isinstance(instance, Path) else None
    read = read_instance(parse_document(instance, "instance"), folder)
    return checking.check(read, read_certificate(parse_document(certificate, "certificate")))

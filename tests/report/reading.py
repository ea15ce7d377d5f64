"""What is left of a formula, whatever the notation: its letters and digits, in order."""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree

_GREEK = {
    **{unicodedata.name(c).split()[-1].lower(): c for c in "αβγδζηθικμνξπρστυχψω"},
    **{unicodedata.name(c).split()[-1].title(): c for c in "ΓΔΘΞΠΣΥΦΨΩ"},
    "varepsilon": "ε",
    "lambda": "λ",
    "Lambda": "Λ",
    "varphi": "φ",
    "varsigma": "ς",
    "sum": "Σ",
    "prod": "Π",
    "phi": "ϕ",
    "epsilon": "ϵ",
    "ell": "ℓ",
}


def letters(text: str) -> str:
    """Letters and digits only; accents, brackets, signs and scripts are left out."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if c.isalnum())


def of_source(text: str) -> str:
    """As a source has them: 1e-4 is a product with a power of ten; `inf` and the x of `2 x 2` are signs."""
    text = re.sub(r"(?<![\w.])(\d[\d.]*)e([+-]?\d+)(?![A-Za-z])", r"\1 10 \2", text)
    text = re.sub(r"(?<=\d) x (?=\d)|(?<=') x (?=N')", " ", text)
    return letters(re.sub(r"(?<![A-Za-z])inf\b(?! [A-Z])", "", text))


def of_mathml(markup: str) -> str:
    text = "".join(ElementTree.fromstring(f"<span>{markup}</span>").itertext())
    return letters(text.replace("∑", "Σ").replace("∏", "Π"))


def of_latex(markup: str) -> str:
    return letters(re.sub(r"\\([A-Za-z]+)", lambda match: _GREEK.get(match[1], " "), markup))


def of_typst(markup: str) -> str:
    markup = re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), markup)
    markup = re.sub(r'class\("[a-z]+", |\b(attach|frac|op|lr|accent|upright)\(|\b(br|tr): ', "", markup)
    return letters(markup.replace("∑", "Σ").replace("∏", "Π"))

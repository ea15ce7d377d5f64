"""Make certify/report/fonts/math.woff2: the part of STIX Math that the formulas of reports need.

    pip install fonttools brotli
    python tools/subset_math_font.py STIXMath-Regular.otf certify/report/fonts/math.woff2

The font is in Debian's package fonts-stix (1.1.1), under the SIL Open Font License. What is cut off are letters and
signs; the MATH table (heights of scripts, tall brackets) stays. The name is changed, as the licence wants of changed
fonts.
"""

from __future__ import annotations

import sys

from fontTools import subset

NAME = "Certify Math"
KEPT = (
    range(0x20, 0x7F),  # Latin letters, digits, signs
    range(0xA0, 0x180),
    range(0x300, 0x310),  # accents
    range(0x391, 0x3CA),  # Greek
    (0x3D5, 0x3F5, 0x2013, 0x2016, 0x2026, 0x2032, 0x2033, 0x2034, 0x203E, 0x210E),
    (0x2061, 0x2062, 0x2190, 0x2192, 0x21A6, 0x2200, 0x2202, 0x2203, 0x2207, 0x2208, 0x2209, 0x220F, 0x2211),
    (0x2212, 0x2213, 0x2215, 0x2217, 0x2218, 0x221A, 0x221E, 0x2223, 0x2225, 0x2227, 0x2228, 0x2229, 0x222A, 0x222B),
    (0x223C, 0x2248, 0x2260, 0x2261, 0x2264, 0x2265, 0x226A, 0x226B, 0x227A, 0x227B, 0x2282, 0x2286, 0x2295, 0x2297),
    (0x22A4, 0x22A5, 0x22C5, 0x22EF, 0x27E8, 0x27E9, 0x2AAF, 0x2AB0, 0x2A7D, 0x2A7E),
    range(0x1D434, 0x1D468),  # italic Latin letters
    range(0x1D6E2, 0x1D71C),  # italic Greek letters
)


def main(source: str, target: str) -> None:
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["ssty", "dtls", "mark", "mkmk", "ccmp", "kern"]
    options.notdef_outline = True
    options.hinting = False
    font = subset.load_font(source, options)
    cut = subset.Subsetter(options)
    cut.populate(unicodes={code for part in KEPT for code in part})
    cut.subset(font)
    for record in font["name"].names:
        if record.nameID in {1, 3, 4, 6, 16}:
            record.string = NAME.replace(" ", "") if record.nameID == 6 else NAME
    subset.save_font(font, target, options)


if __name__ == "__main__":
    main(*sys.argv[1:])

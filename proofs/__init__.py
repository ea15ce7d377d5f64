"""The trusted half: exact instances, ball arithmetic, lemmas and the loop that checks a certificate.

To read it, begin with `check`, `kernel` and `claim`; then take one theorem, such as `lemmas/constant_point`, with the
claim that needs it, `claims/minimum`. `exact`, `balls`, `document` and `instance` say what numbers and data are; the
lemmas about trained networks work with `full_network` and `krawczyk`. `standalone` is a second checker in one file,
which shares no code with all this.
"""

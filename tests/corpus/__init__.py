"""A corpus that tries to fool the checkers.

`good` holds certificates that must be proved (`make.py` writes them), `mutations` turns each of them into many that
must be refused, `verdicts` holds instances that carry their own verdict, `wild` changes several things at random, and
`controls` holds broken checkers that the corpus must catch. `python -m tests.corpus` runs everything and prints counts.
"""

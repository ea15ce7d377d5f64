"""The trusted half: exact instances, ball arithmetic, lemmas and the loop that checks a certificate."""

"""A lemma about the least loss of quadratic networks."""

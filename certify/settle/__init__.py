"""A trained network is settled: the steps that prove it a minimum, or not one, and the claim that they support."""

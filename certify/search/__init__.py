"""The untrusted search: it may fail or be slow, and every answer it gives is proved again by ``proofs``."""

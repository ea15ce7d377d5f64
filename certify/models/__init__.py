"""Readers of trained networks: files of strangers become exact numbers, and nothing in them is executed."""

"""The untrusted half: reads data, searches, builds certificates, writes reports, talks to people."""

__version__ = "0.1.0"

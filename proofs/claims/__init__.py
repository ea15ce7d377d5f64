"""The kinds of claim: what a certificate may claim, how it is read, and what it demands of the facts; one file each."""

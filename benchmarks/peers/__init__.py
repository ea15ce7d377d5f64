"""One script for each tool that certify is compared with; benchmarks/peers.txt says how to install them."""

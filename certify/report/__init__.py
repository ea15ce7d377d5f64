"""Reports: they render a checked result and decide nothing."""

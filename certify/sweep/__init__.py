"""Many instances: a plan of jobs, workers that do them, and a store that loses nothing and repeats nothing."""

"""What bin/bench runs: pages of the portal against a bare Django floor, in one run, interleaved."""

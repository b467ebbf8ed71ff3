"""One box over all tabs."""

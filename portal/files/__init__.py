"""Files: what may be stored, where it lies, and how it is shown and served."""

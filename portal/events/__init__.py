"""What happened in the product: one spine, many readers."""

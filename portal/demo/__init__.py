"""The demo world and the outbox page: only when DEMO is on."""

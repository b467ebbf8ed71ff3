"""What keeps the house running: backup and restore, the doctor, metrics, retention. It reads everything below."""

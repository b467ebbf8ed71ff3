"""Transport of mail: what comes in is stored before it is acknowledged, what goes out waits in a queue of record."""

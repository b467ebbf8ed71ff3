"""Lists that an agency brings along: clients, contacts and projects from a CSV file."""

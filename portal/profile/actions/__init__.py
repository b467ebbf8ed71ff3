"""Every write on profiles: sections and fields, proposals of contacts, reminders."""

"""Critical events: who did what, when, from which device."""

"""Every write of the timeline: posting, setting days, visiting, the weekly mail."""

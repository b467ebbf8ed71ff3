"""Time that was kept elsewhere: CSV exports of Toggl, Clockify, Harvest and Kimai."""

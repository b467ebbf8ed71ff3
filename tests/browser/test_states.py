"""What pages look like when something is wrong, missing, open or in German."""

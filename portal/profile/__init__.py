"""Profile: the client's fact sheet. Agreements and focus areas, each field internal or shared."""

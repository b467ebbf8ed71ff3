"""The tab Mails: every mail that was sent with the client's portal address in To or Cc."""

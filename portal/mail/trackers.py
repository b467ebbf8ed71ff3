"""Pictures that are there to tell somebody that a mail was opened, and whose they are."""

import re
from urllib.parse import urlsplit

HOSTS = {
    "list-manage.com": "Mailchimp",
    "mandrillapp.com": "Mailchimp",
    "hubspotemail.net": "HubSpot",
    "hubspotlinks.com": "HubSpot",
    "hubspotstarter.net": "HubSpot",
    "track.hubspot.com": "HubSpot",
    "hs-sales-engage.com": "HubSpot",
    "sendgrid.net": "SendGrid",
    "sendibt2.com": "Brevo",
    "sendibt3.com": "Brevo",
    "sendibm1.com": "Brevo",
    "sendibw.com": "Brevo",
    "pstmrk.it": "Postmark",
    "awstrack.me": "Amazon SES",
    "mjt.lu": "Mailjet",
    "sparkpostmail.com": "SparkPost",
    "crsend.com": "CleverReach",
    "emlnk.com": "ActiveCampaign",
    "activehosted.com": "ActiveCampaign",
    "createsend.com": "Campaign Monitor",
    "cmail19.com": "Campaign Monitor",
    "cmail20.com": "Campaign Monitor",
    "klclick.com": "Klaviyo",
    "trk.klaviyomail.com": "Klaviyo",
    "rs6.net": "Constant Contact",
    "exct.net": "Salesforce",
    "pardot.com": "Salesforce",
    "mktomail.com": "Marketo",
    "customeriomail.com": "Customer.io",
    "links.iterable.com": "Iterable",
    "via.intercom.io": "Intercom",
    "intercom-mail.com": "Intercom",
    "mailtrack.io": "Mailtrack",
    "mailfoogae.appspot.com": "Streak",
    "t.yesware.com": "Yesware",
    "app.mixmax.com": "Mixmax",
    "track.mixmax.com": "Mixmax",
    "r.superhuman.com": "Superhuman",
    "outreach.io": "Outreach",
    "salesloft.com": "SalesLoft",
    "google-analytics.com": "Google Analytics",
    "doubleclick.net": "Google Ads",
    "unisender.com": "UniSender",
    "esputnik.com": "eSputnik",
}
"""By host or a domain above it: servers that count openings and show nothing in them."""
PATHS = [
    (re.compile(r"^https://[^/]*facebook\.com/tr\b"), "Meta"),
    (re.compile(r"^https://[^/]*linkedin\.com/emimp/"), "LinkedIn"),
    (re.compile(r"^https://[^/]*mailgun\.[a-z]{2,3}/o/"), "Mailgun"),
    (re.compile(r"^https://[^/]{1,200}/wf/open\?upn="), "SendGrid"),
    (re.compile(r"^https://[^/]{1,200}/track/open\.php\?u="), "Mailchimp"),
    (re.compile(r"^https://[^/]{1,200}/e3t/cto/", re.IGNORECASE), "HubSpot"),
]
"""Services that count under a name of the sender's."""
LONGEST_HOST = 253
"""Of the name service (RFC 1035)."""


def name_of(address: str, *, is_tiny: bool) -> str:
    """The tracker's name, or its host when it is an invisible picture of nobody known; "" for any other picture."""
    host = _host(address)[-LONGEST_HOST:]
    labels = host.split(".")
    for start in range(len(labels) - 1):
        name = HOSTS.get(".".join(labels[start:]))
        if name:
            return name
    named = next((name for pattern, name in PATHS if pattern.match(address[:2000])), "")
    return named or (host[:100] if is_tiny else "")


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""

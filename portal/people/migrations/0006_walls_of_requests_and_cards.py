"""Requests for access and what is known of vendors are the agency's alone."""

from django.db import migrations

from portal.tenancy.walls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("people", "0005_requests_and_cards"), ("tenancy", "0003_walls")]
    operations = [SecureTable("AccessRequest", audited=True), SecureTable("VendorCard", audited=True)]

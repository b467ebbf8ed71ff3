"""Changes of people, their addresses, rights and second factors go into the audit log; secrets stay out of it."""

from django.db import migrations

from portal.tenancy.walls import AuditTable


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0003_walls"),
        ("accounts", "0002_sign_in"),
        ("account", "0001_initial"),
        ("otp_totp", "0001_initial"),
    ]
    operations = [
        AuditTable("accounts_user", secrets=("password",)),
        AuditTable("accounts_user_groups"),
        AuditTable("accounts_user_user_permissions"),
        AuditTable("accounts_backupdevice", secrets=("salt",)),
        AuditTable("accounts_factorreset"),
        AuditTable("account_emailaddress"),
        AuditTable("otp_totp_totpdevice", secrets=("key",)),
    ]

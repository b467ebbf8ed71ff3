"""Make the floor's table. Run as `python -m bench.floor.prepare` with the floor's settings."""

import django

if __name__ == "__main__":
    django.setup()

    from django.db import connection
    from django.utils import timezone

    from bench.floor.models import Row

    with connection.schema_editor() as editor:
        editor.create_model(Row)
    now = timezone.now()
    Row.objects.bulk_create(
        Row(group=n % 20, number=n, minutes=n % 480, day=now, title=f"Row number {n} of the floor") for n in range(2000)
    )

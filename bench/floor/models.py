"""One table with an index that the page uses."""

from django.db import models


class Row(models.Model):
    """Six cells: ints, a date, a text."""

    group = models.IntegerField(db_index=True)
    number = models.IntegerField()
    minutes = models.IntegerField()
    day = models.DateTimeField()
    title = models.CharField(max_length=100)

    class Meta:
        app_label = "floor"

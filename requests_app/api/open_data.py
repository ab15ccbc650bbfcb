"""The open data for programs: which files there are, of when, and what they must hash to. The same for everybody."""

from __future__ import annotations

from typing import Any

from django.urls import path, reverse
from rest_framework import serializers

from requests_app.models.visibility import PUBLIC, tell_database
from requests_app.queries import open_data as query

from .base import ApiView, operation


class OpenDataFileShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    table = serializers.CharField()
    rows = serializers.IntegerField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    url = serializers.CharField()


class OpenDataShape(serializers.Serializer[Any]):
    """`stands` is false from the moment something of the files is taken back until they are made anew, mostly within a
    minute; there are none to fetch then."""

    license = serializers.CharField(help_text="Of our compilation; records of agencies may carry other rights.")
    dictionary = serializers.CharField()
    stands = serializers.BooleanField()
    as_of = serializers.DateTimeField(allow_null=True)
    files = OpenDataFileShape(many=True)


class OpenDataView(ApiView):
    @operation("open-data", "The files of the open data", answer=OpenDataShape)
    def get(self) -> dict[str, Any]:
        tell_database(PUBLIC)
        found, stands = query.kept(self.now)
        return {
            "license": query.LICENSE,
            "dictionary": reverse("data-dictionary", args=["json"]),
            "stands": stands,
            "as_of": min(row.as_of for row in found.values()) if stands else None,
            "files": [
                {
                    "name": name, "table": name.partition(".")[0], "rows": row.rows, "size": row.size,
                    "sha256": row.sha256, "url": reverse("data-file", args=[name]),
                }
                for name, row in sorted(found.items())
                if stands
            ],
        }  # fmt: skip


urlpatterns = [path("open-data/", OpenDataView.door(), name="api-open-data")]

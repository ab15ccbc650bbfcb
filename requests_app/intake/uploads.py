"""How files arrive: aside on the disk, each up to the limit, none of them in memory."""

from __future__ import annotations

from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

from . import storage


class LimitedUpload(TemporaryFileUploadHandler):
    """A file over the limit is thrown away while it arrives; the rest of it is read and not kept. Its name is kept in
    `too_large_names`, for `request.too_large`; other files of the same form are not touched."""

    def __init__(self, request: HttpRequest, most: int | None = None) -> None:
        super().__init__(request)
        self.most = storage.MOST if most is None else most
        self.too_large_names: list[str] = []
        request.too_large = self.too_large_names  # type: ignore[attr-defined]

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start + len(raw_data) > self.most:
            self.too_large_names.append(self.file_name or "")
            self.file.close()
            raise SkipFile
        super().receive_data_chunk(raw_data, start)
        return None


def too_large(request: HttpRequest) -> list[str]:
    """Names of the files that were cut off."""
    return getattr(request, "too_large", [])

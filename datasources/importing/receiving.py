"""Where a large file lies while it comes: in the spool, beside what is under import."""

from __future__ import annotations

from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from datasources import spool


class Coming(TemporaryUploadedFile):
    """A file that is removed when it is closed."""

    def __init__(self, handler: FileUploadHandler) -> None:
        file = NamedTemporaryFile(prefix="coming-", dir=spool.folder())  # noqa: SIM115 (closed with the request)
        UploadedFile.__init__(
            self, file, handler.file_name, handler.content_type, 0, handler.charset, handler.content_type_extra
        )


class Receiving(TemporaryFileUploadHandler):
    """Takes what is too large for memory.

    The folder for temporary files may be memory itself, or smaller than a few files that come at once.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = Coming(self)

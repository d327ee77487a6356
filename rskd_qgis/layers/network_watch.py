"""What a server failed to send while a picture was drawn: QGIS leaves holes there and says nothing."""

from __future__ import annotations

from types import TracebackType

from qgis.core import QgsNetworkAccessManager, QgsNetworkReplyContent
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest

from .credentials import without_parameters

_GAPS = (204, 404)  # a tile that is not there is a gap in the picture, not a failure


class NetworkWatch:
    """Looks at every answer that this thread gets from the network, as a context manager."""

    def __init__(self) -> None:
        self._failed: dict[str, str] = {}

    @property
    def failures(self) -> list[str]:
        """What went wrong and did not go well when it was tried again, with addresses cut short."""
        return list(self._failed.values())

    def __enter__(self) -> NetworkWatch:
        # QGIS has one manager a thread.
        self._answers = QgsNetworkAccessManager.instance().finished[QgsNetworkReplyContent]
        self._answers.connect(self._look, Qt.ConnectionType.DirectConnection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answers.disconnect(self._look)

    def _look(self, answer: QgsNetworkReplyContent) -> None:
        address = answer.request().url().toString()
        status = answer.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
        if answer.error() == QNetworkReply.NetworkError.NoError or status in _GAPS:
            self._failed.pop(address, None)
        else:
            self._failed[address] = without_parameters(answer.errorString())

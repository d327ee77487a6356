"""What all algorithms of RSKD share: they collect a job description, hand it over and give back what came of it.

QGIS loads all algorithms at its start: what only a run needs is imported by the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from rskd_qgis import places
from rskd_qgis.bridge.errors import BackendError, Stopped

if TYPE_CHECKING:
    from rskd_qgis.draft import Request

Parameters = dict  # what QGIS hands over: parameter names to values


class Dressed:
    """Icon, words and fresh instances, the same for all."""

    def createInstance(self) -> QgsProcessingAlgorithm:
        """A fresh one, as QGIS wants it for every run."""
        return type(self)()

    def icon(self) -> QIcon:
        """The plugin's."""
        return QIcon(str(places.resources() / "icon.svg"))

    def tr(self, text: str) -> str:
        """QGIS's algorithms are no QObjects; the context is the class that says the text, as for those."""
        contexts = (kind.__name__ for kind in type(self).__mro__)
        found = (QCoreApplication.translate(context, text) for context in contexts)
        return next((words for words in found if words != text), text)


class OfStudents:
    """The group of what is done with a student that is there."""

    def group(self) -> str:
        """Where it stands in the toolbox."""
        return self.tr("Students")

    def groupId(self) -> str:
        """Never changes."""
        return "students"


class BackendAlgorithm(Dressed, QgsProcessingAlgorithm):
    """Base class. Subclasses say `JOB`, `request` and `outcome`; names of parameters and outputs never change."""

    JOB = ""

    def request(self, parameters: Parameters, context: QgsProcessingContext) -> Request:
        """The job description; the last moment at which layers may be touched."""
        raise NotImplementedError

    def destinations(self, parameters: Parameters, context: QgsProcessingContext) -> dict[str, Any]:
        """What the job writes that becomes layers, as keys of its description.

        Asked in the background, of the run's own context: of what is asked before, QGIS forgets to open the layers.
        """
        del parameters, context
        return {}

    def outcome(self, result: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """Output names to values, from the job's result."""
        raise NotImplementedError

    def prepareAlgorithm(
        self, parameters: Parameters, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Called by QGIS before the background thread starts."""
        from rskd_qgis.environment import network

        del feedback
        try:
            self._request = self.request(parameters, context)
            self._network = network.environment(places.home())
        except BackendError as error:
            raise QgsProcessingException(str(error)) from error
        return True

    def processAlgorithm(
        self, parameters: Parameters, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Called by QGIS in the background: waits for the job, feeds progress, obeys cancel."""
        from rskd_qgis.bridge.at_work import waited_for
        from rskd_qgis.bridge.process import run_job

        from .narrator import Narrator, course_of

        asked = self._request
        spec = {**asked.spec, **self.destinations(parameters, context)}
        heard = Narrator(feedback, course_of(self.JOB, spec)).hear
        try:
            with waited_for(feedback):
                for export in asked.exports:
                    export.run(feedback)
                result = run_job(
                    self.JOB, spec, secrets=asked.secrets, feedback=feedback, heard=heard, network=self._network
                )
        except Stopped:
            return {}
        except BackendError as error:
            if error.details:
                feedback.pushDebugInfo(error.details)
            raise QgsProcessingException(str(error)) from error
        return self.outcome(result, context)

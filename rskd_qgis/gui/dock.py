"""The dock: a header, and below it the sections, the set-up page or the help. Empty until it is first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsCoordinateTransform, QgsProject
from qgis.gui import QgisInterface, QgsDockWidget, QgsMessageBar
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QDialog, QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from qgis.core import QgsRasterLayer

    from rskd_qgis.bridge.job import JobTask
    from rskd_qgis.bridge.jobs import Jobs

_LATER = ("labels", "teacher", "student")


class RskdDock(QgsDockWidget):
    """Owns the draft, the resident worker and the sections. Closing it stops nothing.

    Attributes:
        draft, services, sections: None until the dock is first shown.
    """

    def __init__(self, iface: QgisInterface, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("RskdDock")  # QGIS remembers place and size by this name
        self.setWindowTitle(self.tr("RSKD"))
        self._iface, self._jobs = iface, jobs
        self.draft = self.services = self.sections = None
        self._begun = False  # a layer has been chosen
        self._followed: QWidget | None = None

    def showEvent(self, event: QShowEvent) -> None:
        """Builds what is in it, once."""
        if self.services is None:
            self._build()
        super().showEvent(event)

    def show_sections(self) -> None:
        """What there is to do, or the set-up page while there is no backend."""
        from rskd_qgis.environment import environment

        self._turn_to(self._scroll if environment.current() is not None else self.setup)

    def show_set_up(self) -> None:
        """The set-up page, with a fresh look at the environment; what is missing for distilling has the focus."""
        self._turn_to(self.setup)
        self.setup.add_training()

    def show_help(self) -> None:
        """The help."""
        self._turn_to(self._help)

    def try_sample(self) -> None:
        """Opens the sample; where the project has layers of its own, asks first, in the message bar."""
        from .message import Message
        from .sample import is_empty, open_sample

        if is_empty(QgsProject.instance()):
            self._zoom_to(open_sample(self.draft)[0])
            self.show_sections()
            return
        message = Message(self.tr("The sample opens in a new project."))
        message.add_button(self.tr("Open it"), self._sample_in_new_project)
        self.services.message_bar.pushWidget(message, Qgis.MessageLevel.Info)

    def close_down(self) -> None:
        """Lets go of the map, closes its windows and ends what runs for it; called before the dock is deleted."""
        if self.services is not None:
            from .ending import end_all

            for window in self.findChildren(QDialog):
                window.close()
            self.sections.layers.area.stop_drawing()
            self.setup.shut_down()
            self.services.resident.close()
            end_all()

    def _build(self) -> None:
        from rskd_qgis.bridge.resident import Resident
        from rskd_qgis.draft import Draft
        from rskd_qgis.students import Library

        from .header import Header
        from .help import HelpPage
        from .said import Said
        from .section import Notice
        from .services import Services
        from .setup import SetupPage

        self.draft = Draft(parent=self)
        self._said = Said(self.draft)
        bar = QgsMessageBar()
        self.services = Services(self._iface, Resident(self), self._jobs, Library(parent=self), bar)
        self.services.set_up, self.services.go_to = self.show_set_up, self._go_to
        self.header, self.setup, self._help = (
            Header(),
            SetupPage(at_work=lambda: bool(self._jobs.running())),
            HelpPage(),
        )
        self._pages = QStackedWidget()
        self._scroll = _scrolling(self._sections_page())
        # It changes when the sections have found their heights, and they their places.
        handle = self._scroll.verticalScrollBar()
        handle.rangeChanged.connect(self._stay)
        handle.actionTriggered.connect(self._let_go)  # by wheel, keys or mouse; not by us
        for page in (self._scroll, _scrolling(self.setup), _scrolling(self._help)):
            self._pages.addWidget(page)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.at_work = Notice("/mIconInfo.svg")
        self.at_work.layout().setContentsMargins(6, 2, 6, 2)
        for widget in (self.header, bar, self.at_work, self._pages):
            column.addWidget(widget)
        self.setWidget(whole)
        self._wire()
        self.draft.changed.emit()  # everyone says how things stand
        self.show_sections()
        self.setup.check()  # in the background; where something is broken, the page comes up and says what

    def _sections_page(self) -> QWidget:
        from .assembly import assemble

        page = QWidget()
        self.sections = assemble(self.draft, self.services, page)
        column = QVBoxLayout(page)
        column.setContentsMargins(6, 4, 6, 6)
        for name, box in self.sections.boxes.items():
            column.addWidget(box)
            box.turned.connect(self._let_go)
            if hasattr(box.section, "title_state"):  # the library has nothing to say
                box.section.title_state.connect(box.set_state)
            self.services.at_section[name] = lambda words, name=name: self._say(name, words)
        column.addStretch()
        return page

    def _wire(self) -> None:
        self.services.resident.trouble.connect(self.services.report)
        self._jobs.started.connect(self._begin_afresh)
        self.draft.changed.connect(self._display)
        self.header.task_chosen.connect(lambda task: self.draft.set(task=task))
        self.header.help_toggled.connect(lambda on: self.show_help() if on else self.show_sections())
        self.header.set_up_toggled.connect(lambda on: self.show_set_up() if on else self.show_sections())
        self.setup.ready.connect(self._leave_set_up)
        self.setup.taken.connect(self._confirm)
        self.setup.wanting.connect(lambda: self._turn_to(self.setup))
        self.setup.changing.connect(self.services.resident.hold)
        self.setup.changing.connect(self.sections.boxes["student"].section.measuring.stop)
        self.setup.settled.connect(self.services.resident.release)
        self.setup.settled.connect(self.services.message_bar.clearWidgets)  # said of what was there before
        self.setup.settled.connect(self.sections.boxes["student"].section.ask_anew)
        self.setup.ready.connect(self.draft.changed)  # who found nobody to answer asks again
        self._jobs.started.connect(self.setup.look_again)
        self._jobs.ended.connect(self.setup.look_again)
        self._help.closed.connect(self.show_sections)
        self._help.sample_wanted.connect(self.try_sample)
        self.sections.layers.sample_wanted.connect(self.try_sample)
        self.sections.distil.finished.connect(self._show_result)
        self.sections.distil.work.changed.connect(self._show_at_work)
        self._pages.currentChanged.connect(self._show_at_work)
        self.sections.distil.button.clicked.connect(lambda: self._bring(self.sections.boxes["distil"]))

    def _display(self) -> None:
        """Ticks the sections where nothing is open, and says at one section, the first, what is next."""
        self.header.display(self.draft.task)
        problems = self.draft.problems()
        self._unfold_at_the_beginning()
        open_questions = {problem.section for problem in problems}
        for name, box in self.sections.boxes.items():
            words = problems[0].message if problems and problems[0].section == name else ""
            taken = hasattr(box.section, "says") and box.section.says(words)
            said = self._said.of(name)
            box.set_problem(said if taken or not words else words, well=name not in open_questions and not said)

    def _say(self, name: str, words: str) -> None:
        """At a section, what a job found wrong there."""
        self._said.note(name, words)
        self.sections.boxes[name].set_problem(words, well=False)

    def _show_at_work(self) -> None:
        """While a distillation runs or waits, the fields are for the next one: they do not say so themselves."""
        from .running import State

        work, words = self.sections.distil.work, ""
        if work.order is not None and self._pages.currentWidget() is self._scroll:
            if work.state.busy:
                words = self.tr("Distilling “{}”. What you change now is for the next one.").format(work.order.title)
            elif work.state == State.PAUSED:
                words = self.tr("“{}” is paused. What you change now is for the next one.").format(work.order.title)
        if words != self.at_work.words():
            self.at_work.say(words)

    def _go_to(self, name: str) -> None:
        """Unfolds a section and brings it into view."""
        box = self.sections.boxes[name]
        box.unfold()
        self._bring(box)

    def _unfold_at_the_beginning(self) -> None:
        """Until a layer is chosen, nothing else is to be done: what comes next is folded away."""
        if self._begun or not self.draft.layers:
            return
        self._begun = True
        for name in _LATER:
            self.sections.boxes[name].unfold()

    def _begin_afresh(self, task: JobTask) -> None:
        """A distillation is tried again: what was said of the last try no longer holds."""
        if task.job == "distill":
            self.services.message_bar.clearWidgets()
            self._said.forget()
            self._display()

    def _confirm(self, words: str) -> None:
        """Where it is still seen when the set-up page is left."""
        from .message import Message

        self.services.message_bar.pushWidget(Message(words), Qgis.MessageLevel.Success)

    def _leave_set_up(self) -> None:
        if self._pages.currentWidget() is self._holder(self.setup):
            self.show_sections()

    def _turn_to(self, page: QWidget) -> None:
        self._pages.setCurrentWidget(self._holder(page))
        self.header.help.setChecked(page is self._help)
        self.header.set_up.setChecked(page is self.setup)

    def _holder(self, page: QWidget) -> QWidget:
        """The scroll area round a page."""
        return page if page is self._scroll else page.parentWidget().parentWidget()

    def _bring(self, box: QWidget) -> None:
        """Scrolls to a section, and stays there while its height changes, until the user goes elsewhere."""
        self._followed = box
        self._scroll_to(box)

    def _scroll_to(self, box: QWidget) -> None:
        # Its end first, so that its head is seen for sure.
        self._scroll.ensureVisible(0, box.geometry().bottom(), 0, 8)
        self._scroll.ensureVisible(0, box.geometry().top(), 0, 0)

    def _stay(self) -> None:
        if self._followed is not None:
            self._scroll_to(self._followed)

    def _let_go(self) -> None:
        self._followed = None

    def _show_result(self, result: dict[str, Any]) -> None:
        self.sections.result.show_result(result)
        self._go_to("result")

    def _sample_in_new_project(self) -> None:
        from .sample import is_empty

        self.services.message_bar.clearWidgets()
        self._iface.newProject(True)  # QGIS asks about changes that were not saved
        if is_empty(QgsProject.instance()):
            self.try_sample()

    def _zoom_to(self, layer: QgsRasterLayer) -> None:
        canvas, project = self._iface.mapCanvas(), QgsProject.instance()
        to_map = QgsCoordinateTransform(layer.crs(), project.crs(), project)
        canvas.setExtent(to_map.transformBoundingBox(layer.extent()))
        canvas.refresh()


def _scrolling(page: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    page.setMinimumWidth(1)  # never wider than the dock, whatever is in it
    scroll.setWidget(page)
    return scroll

"""Setting up the backend's environment: the first page of the dock, and later its settings page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget

from rskd_qgis.bridge.at_work import in_use, lock_of
from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.environment import diagnostics, environment, graphics, python
from rskd_qgis.environment.environment import Environment
from rskd_qgis.environment.installer import SetupTask, Step
from rskd_qgis.environment.log import Log
from rskd_qgis.environment.order import Order
from rskd_qgis.environment.probe import Probe, Report
from rskd_qgis.environment.requirements import RUN, TRAIN
from rskd_qgis.locks import Lock

from .ending import end
from .section import Notice
from .setup_disk import DiskUse
from .setup_log import LogBox
from .setup_parts import Overview, Running, in_lines, soft
from .setup_state import CHECKING, MAKE, READY, WORKING, Shown, Situation, repair, shown, taken, training_offer
from .setup_ways import OtherWays

_LOOK_AGAIN = 1000  # milliseconds


class SetupPage(QWidget):
    """Shows how the environment stands and does what is asked; the words are `setup_state`'s.

    Args:
        at_work: whether jobs of this window run or prepare to; what has a process, here or in another window, is known
            without that. The environment is not changed under them.
    """

    ready = pyqtSignal()
    """The environment can run students: found so by `check`, set up, or chosen."""
    wanting = pyqtSignal()
    """The environment cannot run students, found so by `check`: the page says why, and what to do."""
    taken = pyqtSignal(str)
    """A Python of the user's was chosen and is used from now on, in words; `ready` follows."""
    changing = pyqtSignal()
    """The environment is about to be changed: whoever has a process in it ends it now, and starts none."""
    settled = pyqtSignal()
    """`changing` is over, whatever came of it."""

    def __init__(self, parent: QWidget | None = None, *, at_work: Callable[[], bool] = lambda: False) -> None:
        super().__init__(parent)
        self._jobs_run = at_work
        self._alone: Lock | None = None
        self._watch = QTimer(self)  # what runs elsewhere, nobody tells of
        self._watch.setInterval(_LOOK_AGAIN)
        self._watch.timeout.connect(self.look_again)
        self._now = Situation()
        self._shown: Shown | None = None
        self._log = Log()
        self._task: SetupTask | None = None
        self._probe: Probe | None = None
        self._search: graphics.Search | None = None
        self._asked: Order | None = None
        self._build()
        self._connect()
        self.redraw()

    # From outside

    def check(self) -> None:
        """Looks at the environment that the settings name, for running students; says `ready` if it can."""
        self._look(environment.current(), RUN, self._checked)

    def examine(self) -> None:
        """Looks at all of it, the training parts too, and stays: for the settings page."""
        self._look(environment.current(), TRAIN, self._examined)

    def add_training(self) -> None:
        """Shows the button that adds the training parts: for who wants to distil and cannot yet."""
        self.examine()
        self.training.setFocus(Qt.FocusReason.OtherFocusReason)

    def shut_down(self) -> None:
        """Ends what runs, and waits for it; for unloading the plugin."""
        task, self._task = self._task, None
        if task is not None:
            # It is not heard any more: the page would look at what there is now.
            for ended, heard in (
                (task.succeeded, self._succeeded),
                (task.failed, self._failed),
                (task.stopped, self._stopped),
            ):
                ended.disconnect(heard)
            end([task])
            self._let_go()
        self._watch.stop()
        for running in (self._probe, self._search):
            if running is not None:
                running.close()
        self._probe = self._search = None

    @property
    def situation(self) -> Situation:
        """The facts behind the page."""
        return self._now

    # Building

    def _build(self) -> None:
        self.text = _paragraph()
        self.with_training = QCheckBox()
        self.with_training.setChecked(self._now.with_training)
        self.with_training.setToolTip(
            self.tr(
                "Needed to distil, not to use a student. Tick it to distil right away; "
                "they can be added later, on this page."
            )
        )
        self.processor_only = QCheckBox(self.tr("Processor only"))
        self.processor_only.setToolTip(
            self.tr(
                "Leaves the graphics card alone: 1.4 GB instead of 6 GB. Training then is several times slower; "
                "choose it if the card is needed for something else or has little memory."
            )
        )
        self.action = QPushButton()
        self.action.setDefault(True)
        self.action.setMinimumHeight(int(1.8 * self.action.sizeHint().height()))
        self.consent = _paragraph()
        self.agree = QPushButton(self.tr("Install there"))
        self.agree.setToolTip(self.tr("Writes the packages into that environment."))
        self.leave = QPushButton(self.tr("Leave it"))
        self.leave.setToolTip(self.tr("Writes nothing."))
        self.running = Running()
        self.trouble = Notice("/mIconCritical.svg")
        self.confirmed = Notice("/mIconSuccess.svg")
        self.again = QPushButton(self.tr("Try again"))
        self.again.setToolTip(self.tr("Goes on where it stopped: what was fetched is kept."))
        self.overview = Overview()
        self.training_text = _paragraph()
        self.training = QPushButton()
        self.training.setToolTip(self.tr("Installs PyTorch and what else it takes to distil and to train a teacher."))
        self.why_not = _paragraph()
        self.recheck = QPushButton(self.tr("Check again"))
        self.recheck.setToolTip(self.tr("Runs the environment's Python and looks for every package."))
        self.repair = QPushButton(self.tr("Repair"))
        self.repair.setToolTip(self.tr("Makes the environment anew with the same parts; downloads are reused."))
        self.remove = QPushButton(self.tr("Remove…"))
        self.remove.setToolTip(self.tr("Deletes the environment that RSKD made. Students and results stay."))
        self.ways, self.disk, self.log = OtherWays(), DiskUse(), LogBox(self.diagnostics)
        layout = QVBoxLayout(self)
        layout.addWidget(self.confirmed)
        layout.addWidget(self.trouble)
        layout.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self.overview, self.text, self.with_training, self.training_text, self.processor_only):
            layout.addWidget(part)
        for part in (self.action, self.training, self.consent):
            layout.addWidget(part)
        layout.addLayout(_row(self.agree, self.leave))
        for part in (self.running, self.why_not):
            layout.addWidget(part)
        layout.addLayout(_row(self.recheck))
        layout.addLayout(_row(self.repair, self.remove))
        for part in (self.ways, self.disk, self.log):
            layout.addWidget(part)
        layout.addStretch()

    def _connect(self) -> None:
        self.with_training.toggled.connect(self._wishes)
        self.processor_only.toggled.connect(self._wishes)
        self.action.clicked.connect(lambda: self._want(self._shown.order if self._shown else None))
        self.training.clicked.connect(lambda: self._want(self._shown.training_order if self._shown else None))
        self.agree.clicked.connect(lambda: self._start(self._asked))
        self.leave.clicked.connect(lambda: self._ask(None))
        self.running.cancelled.connect(self._cancel)
        self.again.clicked.connect(lambda: self._start(self._asked))
        self.recheck.clicked.connect(self.examine)
        self.repair.clicked.connect(self._repair)
        self.remove.clicked.connect(self._remove)
        self.ways.python_chosen.connect(self.choose)
        self.ways.wheels_chosen.connect(lambda folder: self._start(Order(RUN, wheels=folder)))
        self.log.collapsedStateChanged.connect(lambda folded: None if folded else self.log.display(self._log.lines()))

    def showEvent(self, event: object) -> None:
        """Looks for a graphics card when the page is first seen; called by Qt."""
        super().showEvent(event)
        if self._search is None:
            self._search = graphics.Search(self)
            self._search.found.connect(self._card_found)
            self._search.start()
        self.redraw()
        self._watch.start()

    def hideEvent(self, event: object) -> None:
        """Nobody looks; called by Qt."""
        super().hideEvent(event)
        self._watch.stop()

    def look_again(self) -> None:
        """A job may have begun or ended."""
        if self._in_use() != self._now.at_work:
            self.redraw()

    # Drawing

    def redraw(self) -> None:
        """Shows the facts as they are."""
        now = self._now
        now.at_work = self._in_use()
        now.unfinished, now.had_training = environment.unfinished(), environment.holds("torch")
        page = self._shown = shown(now)
        self._say(self.text, page.text)
        self.overview.display(page.tiers)
        self._say(self.training_text, page.training_text)
        self._say(self.why_not, page.why_not)
        for button, words in ((self.action, page.action), (self.training, page.training)):
            button.setText(in_lines(words))
            button.setVisible(bool(words))
        torch_is_due = (page.phase == MAKE and now.with_training) or bool(page.training)
        self.with_training.setText(in_lines(training_offer(now)))
        self.with_training.setVisible(page.phase == MAKE)
        self.processor_only.setVisible(torch_is_due and now.card is not None)
        self.running.setVisible(page.phase == WORKING)
        if now.step is not None:
            self.running.display(now.step)
        self.trouble.say(soft(str(now.error)) if now.error and page.phase != WORKING else "")
        elsewhere = self._asked not in (None, page.order)  # else the highlighted button is the next try
        self.again.setVisible(bool(now.error and elsewhere and page.phase not in (WORKING, CHECKING)))
        self.recheck.setVisible(page.phase not in (MAKE, WORKING, CHECKING))
        for button, may in ((self.repair, page.may_repair), (self.remove, page.may_remove)):
            button.setVisible(may or bool(page.why_not and now.environment and now.environment.ours))
            button.setEnabled(may)
        self.ways.setTitle(self.tr("Another Python") if page.phase == READY else self.tr("Other ways"))
        self.ways.setVisible(page.phase not in (WORKING, CHECKING))
        self._show_consent(False)

    def diagnostics(self) -> str:
        """The text of *Copy diagnostics*."""
        return diagnostics.text(self._now.environment, self._now.report, self._now.error, self._log.lines())

    def _say(self, label: QLabel, words: str) -> None:
        label.setText(soft(words))
        label.setVisible(bool(words))

    def _show_consent(self, asked: bool) -> None:
        self._say(self.consent, self._shown.consent if asked and self._shown else "")
        for button in (self.agree, self.leave):
            button.setVisible(asked)
        if asked:
            self.leave.setFocus(Qt.FocusReason.OtherFocusReason)

    def _wishes(self) -> None:
        self._now.with_training = self.with_training.isChecked()
        self._now.processor_only = self.processor_only.isChecked()
        self.redraw()

    def _card_found(self, card: graphics.Card | None) -> None:
        self._now.card = card
        self.redraw()

    # Looking

    def choose(self, chosen: Path) -> None:
        """Takes a Python of the user's, by its file or its environment's folder: uses it if it has what it takes."""
        interpreter = python.of_choice(chosen)
        if interpreter is None:
            message = self.tr("There is no Python in “{}”.").format(chosen)
            hint = self.tr("Choose a file such as “bin/python” or “python.exe”, or an environment's folder.")
            self._asked = None
            self._now.error = BackendError("no-python", message, hint)
            self.redraw()
        else:
            self._look(Environment(interpreter, ours=False), RUN, self._tried)

    def _look(self, which: Environment | None, tier: str, heard: Callable[[Report], None]) -> None:
        if self._task is not None:
            return
        if self._probe is not None:
            self._probe.close()
        self._now.environment, self._now.report, self._now.error, self._probe = which, None, None, None
        self.confirmed.say("")
        self.redraw()
        if which is not None:
            self._probe = Probe(which.python, tier, self)
            self._probe.finished.connect(heard)
            self._probe.start()

    def _examined(self, report: Report) -> None:
        self._probe = None
        self._now.report = report
        self.redraw()

    def _checked(self, report: Report) -> None:
        self._examined(report)
        (self.ready if report.ready(RUN) else self.wanting).emit()

    def _tried(self, report: Report) -> None:
        if report.ready(RUN):
            self.changing.emit()
            environment.use(self._now.environment)
            self.settled.emit()
            words = taken(self._now.environment, report)
            self.confirmed.say(soft(words))
            self.taken.emit(words)
        self._checked(report)

    # Doing

    def _want(self, order: Order | None) -> None:
        if order is not None and order.interpreter is not None:
            self._ask(order)
        else:
            self._start(order)

    def _ask(self, order: Order | None) -> None:
        self._asked = order
        self._show_consent(order is not None)

    def _start(self, order: Order | None) -> None:
        if order is None or self._task is not None or not self._take(order.interpreter):
            return
        self._asked, self._now.error = order, None
        self.confirmed.say("")
        self._now.step = Step(1, 4, self.tr("Looking at this machine"))
        self._log.begin()
        self.log.display([])
        task = self._task = SetupTask(order)
        task.stepped.connect(self._stepped)
        task.logged.connect(self._logged)
        task.succeeded.connect(self._succeeded)
        task.failed.connect(self._failed)
        task.stopped.connect(self._stopped)
        QgsApplication.taskManager().addTask(task)
        self.redraw()
        self.running.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _stepped(self, step: Step) -> None:
        if self._task is not None:
            self._now.step = step
            self.running.display(step)

    def _logged(self, line: str) -> None:
        self._log.add(line)
        self.log.add(line)

    def _succeeded(self, report: Report) -> None:
        self._ended(None)
        self._now.environment, self._now.report, self._asked = environment.current(), report, None
        self.redraw()
        self.ready.emit()

    def _failed(self, error: BackendError) -> None:
        self._logged(f"{error.code}: {error}")
        self._ended(error)
        self._look_after(error)

    def _stopped(self) -> None:
        self._ended(None)
        self._look_after(None)

    def _ended(self, error: BackendError | None) -> None:
        self._task, self._now.step, self._now.error = None, None, error
        self._let_go()
        self.disk.look_again()
        self.settled.emit()

    def _in_use(self) -> bool:
        """Whether anybody is at work in the environment, or changes it in another window."""
        if self._alone is not None:
            return False
        which = self._now.environment
        return self._jobs_run() or in_use(which.python if which else environment.own_python())

    def _take(self, python: Path | None = None) -> bool:
        """Has an environment, RSKD's own unless another is said, for itself; says so where it is in use."""
        lock = lock_of(python or environment.own_python())
        if self._jobs_run() or not lock.alone():
            words = self.tr("The environment is in use: RSKD is at work in it, here or in another QGIS window.")
            hint = self.tr("Wait for it or stop it, then try again.")
            self._now.error, self._asked = BackendError("in-use", words, hint), None
            self.redraw()
            return False
        self._alone = lock
        self.changing.emit()
        return True

    def _let_go(self) -> None:
        lock, self._alone = self._alone, None
        if lock is not None:
            lock.release()

    def _look_after(self, error: BackendError | None) -> None:
        """What is there now is not what was there before."""
        asked = self._asked
        which = Environment(asked.interpreter, ours=False) if asked and asked.interpreter else environment.current()
        self._look(which, RUN, self._examined)
        self._now.error = error
        self.redraw()

    def _repair(self) -> None:
        self._start(repair(self._now))

    def _remove(self) -> None:
        question = self.tr("Remove the environment that RSKD made? Students and results stay.")
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        if QMessageBox.question(self, self.tr("RSKD"), question, yes | no, no) == yes:
            self.take_away()

    def take_away(self) -> None:
        """Removes RSKD's own environment without asking; not under those who are at work in it."""
        if not self._take():
            return
        try:
            environment.remove()
        except OSError as error:
            words = self.tr("The environment is in use and stays: {}.").format(error.strerror or str(error))
            hint = self.tr("Close other QGIS windows that use it and try again.")
            self._now.error, self._asked = BackendError("in-use", words, hint), None
            self.redraw()
            return
        finally:
            self._let_go()
            self.settled.emit()
        self.disk.count()  # frees the space, too
        self.check()


def _paragraph() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    for button in buttons:
        row.addWidget(button)
    row.addStretch()
    return row

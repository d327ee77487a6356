"""What the set-up page shows: words and buttons from facts, decided without a window."""

from __future__ import annotations

from dataclasses import dataclass, field

from qgis.PyQt.QtCore import QCoreApplication, QLocale

from rskd_qgis import places
from rskd_qgis.bridge.errors import BackendError
from rskd_qgis.environment.environment import Environment
from rskd_qgis.environment.graphics import Card
from rskd_qgis.environment.installer import Step
from rskd_qgis.environment.order import Order, Size
from rskd_qgis.environment.probe import Report
from rskd_qgis.environment.requirements import RUN, TRAIN

MAKE, CHECKING, WORKING, WANTING, READY = "make", "checking", "working", "wanting", "ready"
"""Phases of the page."""


@dataclass
class Situation:
    """The facts.

    Attributes:
        environment: what the settings name.
        report: what a probe found; None as long as it is at work.
        step: where a running installation is; None while none runs.
        error: why the last one failed; None if it did not.
        card: the NVIDIA card of this machine.
        unfinished: an installation was interrupted.
        had_training: torch lies in RSKD's own environment, whether or not it works.
        at_work: jobs run in the environment right now.
        with_training: the user wants the training parts with the first set-up.
        processor_only: the user does not want torch for the card.
    """

    environment: Environment | None = None
    report: Report | None = None
    step: Step | None = None
    error: BackendError | None = None
    card: Card | None = None
    unfinished: bool = False
    had_training: bool = False
    at_work: bool = False
    with_training: bool = False
    processor_only: bool = False

    @property
    def cuda(self) -> bool:
        """Whether torch will be the build for the card."""
        return self.card is not None and not self.processor_only


@dataclass
class TierLine:
    """One line of the overview: what it is for, whether it works, whether something is wrong with it, in words."""

    name: str
    well: bool
    wrong: bool
    words: str


@dataclass
class Shown:
    """What is on the page.

    Attributes:
        phase: one of the phases above.
        text: what is the matter, one paragraph.
        action, order: the one highlighted button and what it does; empty and None if nothing is next.
        consent: a question to be answered first, as it writes into something of the user's; empty if there is none.
        tiers: the overview.
        training, training_order: the button that adds the training parts; empty if they are there.
        training_text: which build, how big, how long.
        may_repair, may_remove: whether these can be done now.
        why_not: why not, while jobs run.
    """

    phase: str
    text: str = ""
    action: str = ""
    order: Order | None = None
    consent: str = ""
    tiers: list[TierLine] = field(default_factory=list)
    training: str = ""
    training_order: Order | None = None
    training_text: str = ""
    may_repair: bool = False
    may_remove: bool = False
    why_not: str = ""


def shown(now: Situation) -> Shown:
    """What to show for these facts."""
    if now.step is not None:
        return Shown(WORKING)
    if now.environment is None:
        return _make(now)
    if now.report is None:
        words = _tr("Looking whether the Python “{}” has everything that RSKD needs…")
        return Shown(CHECKING, words.format(now.environment.python))
    page = _ready(now) if now.report.ready(RUN) else _wanting(now, now.environment, now.report)
    page.may_remove = now.environment.ours and not now.at_work
    page.may_repair = page.may_remove and not (page.order and page.order.anew)  # else it is the next thing anyway
    if now.at_work:
        page.why_not = _tr("Jobs are running in this environment. Stop them, or wait for them, to change it.")
        page.action, page.training = "", ""
    return page


def taken(environment: Environment, report: Report) -> str:
    """That a Python of the user's is used from now on, as a sentence."""
    return _tr("RSKD now uses Python {0} in “{1}”.").format(report.version, environment.folder)


def repair(now: Situation) -> Order:
    """Making RSKD's own environment anew, with the parts that it had."""
    return Order(TRAIN if now.had_training else RUN, cuda=now.cuda, anew=True)


def training_offer(now: Situation) -> str:
    """The box that adds the training parts to the first set-up."""
    whole, run = Order(TRAIN, cuda=now.cuda).size(), Order(RUN).size()
    return _tr("Training parts too ({} more; can be added later)").format(size(whole.disk - run.disk))


def size(count: float) -> str:
    """Bytes as a person reads them, in megabytes or gigabytes of a thousand."""
    locale = QLocale()
    if count >= 995e6:
        return _tr("{}\u00a0GB").format(locale.toString(count / 1e9, "f", 1))
    return _tr("{}\u00a0MB").format(locale.toString(count / 1e6, "f", 0))


def takes(what: Size) -> str:
    """What an installation costs, as a sentence."""
    words = _tr("It downloads about {0}, takes {1} on disk, and needs about {2} min on a connection of 50 Mbit/s.")
    return words.format(size(what.download), size(what.disk), what.minutes)


def build(now: Situation) -> str:
    """Which build of torch will be fetched, as a sentence."""
    if now.card is None:
        return _tr("No NVIDIA graphics card was found: PyTorch comes in its build for the processor.")
    if now.processor_only:
        return _tr("PyTorch comes in its build for the processor; {} stays unused.").format(now.card.name)
    return _tr("PyTorch comes in its build for your {}.").format(now.card.name)


def step_words(step: Step) -> tuple[str, str]:
    """Title of a step, and how far it is."""
    title = _tr("Step {0} of {1}: {2}").format(step.number, step.count, step.title)
    if step.total and step.current:
        return title, _tr("{0} of {1}, now: {2}").format(size(step.done), size(step.total), step.current)
    if step.total:
        words = _tr("{} are here and being unpacked.") if step.done >= step.total else _tr("{} are here.")
        return title, words.format(size(step.done))
    return title, ""


def _make(now: Situation) -> Shown:
    order = Order(TRAIN if now.with_training else RUN, cuda=now.cuda)
    what = _tr(
        "RSKD trains a small model, the student, to make the same maps as a large one, many times faster. "
        "It calculates in a Python environment of its own in “{}”; QGIS's own stays as it is."
    ).format(places.home())
    words = [what, takes(order.size())]
    if now.with_training:
        words.append(build(now))
    if now.unfinished:
        words.append(_tr("An earlier set-up was interrupted: what it fetched is used."))
    return Shown(MAKE, "\n\n".join(words), _tr("Go on setting up") if now.unfinished else _tr("Set up"), order)


def _wanting(now: Situation, environment: Environment, report: Report) -> Shown:
    page = Shown(WANTING)
    if report.trouble:
        page.text = report.trouble
        if environment.ours:
            page.text = _tr("{} Repair makes the environment anew.").format(report.trouble)
            page.action, page.order = _tr("Repair"), repair(now)
        else:  # a Python of the user's cannot be helped
            page.action, page.order = _tr("Set up"), Order(RUN)
            page.text = f"{report.trouble}\n\n{takes(page.order.size())}"
        return page
    wanting, broken = report.wanting(RUN), report.tiers[RUN].broken
    if broken and environment.ours:
        module, why = broken[0]
        words = _tr("“{0}” is installed but does not start: {1}\n\nRepair makes the environment anew.")
        page.text = words.format(module, why)
        page.action, page.order = _tr("Repair"), repair(now)
    elif broken:
        module, why = broken[0]
        words = _tr("“{0}” is installed but does not start: {1}\n\nMend it there, or choose another Python below.")
        page.text = words.format(module, why)
    elif environment.ours:
        words = _tr("This version of RSKD needs packages that are not there or too old: {}. The rest stays.")
        page.text = words.format(", ".join(wanting))
        page.action, page.order = _tr("Install what is missing"), Order(RUN)
    else:
        page = _completing(environment, report, wanting, Order(RUN, interpreter=environment.python))
    return page


def _completing(environment: Environment, report: Report, wanting: list[str], order: Order) -> Shown:
    """A Python of the user's that lacks something: it is written to only when asked."""
    page = Shown(WANTING)
    text = _tr("The Python in “{0}” lacks packages or has too old ones: {1}.")
    page.text = text.format(environment.folder, ", ".join(wanting))
    if report.managed:
        page.text = _tr("{} Its packages belong to the system, so RSKD does not install there.").format(page.text)
        return page
    page.action, page.order = _tr("Install the missing packages there"), order
    page.consent = _consent(environment)
    return page


def _consent(environment: Environment) -> str:
    words = _tr("This changes “{}”, which is yours. Other programs that use it may get other versions of packages.")
    return words.format(environment.folder)


def _ready(now: Situation) -> Shown:
    environment, report = now.environment, now.report
    page = Shown(READY)
    if environment is None or report is None:  # `shown` has seen to it
        return page
    of_rskd, of_user = _tr("Python {0} in “{1}”, made by RSKD."), _tr("Python {0} in “{1}”, chosen by you.")
    page.text = (of_rskd if environment.ours else of_user).format(report.version, environment.folder)
    page.tiers = _overview(report)
    if report.ready(TRAIN) or (report.managed and not environment.ours):
        return page
    if report.tiers[TRAIN].broken and not report.wanting(TRAIN):
        if environment.ours:
            page.training_order = repair(now)
            page.training = _tr("Make the environment anew")
        return page
    interpreter = None if environment.ours else environment.python
    page.training_order = Order(TRAIN, cuda=now.cuda, interpreter=interpreter)
    costs = page.training_order.size(run_is_there=True)
    page.training = _tr("Add training parts (about {})").format(size(costs.disk))
    page.training_text = f"{build(now)} {takes(costs)}"
    page.consent = "" if environment.ours else _consent(environment)
    return page


def _overview(report: Report) -> list[TierLine]:
    names = {RUN: _tr("Using students"), TRAIN: _tr("Distilling")}
    return [
        TierLine(names[tier], report.ready(tier), bool(report.tiers[tier].broken), _tier_words(report, tier))
        for tier in (RUN, TRAIN)
    ]


def _tier_words(report: Report, tier: str) -> str:
    state = report.tiers[tier]
    if state.broken:
        return _tr("does not work: {0} ({1})").format(*state.broken[0])
    if len(state.missing) > 3:
        return _tr("not installed")
    if state.missing or state.old:
        return _tr("missing or too old: {}").format(", ".join([*state.missing, *state.old]))
    if tier == TRAIN and report.gpu:
        return _tr("ready, with the graphics card")
    if tier == TRAIN and report.cuda:
        return _tr("ready, but the graphics card cannot be used")
    return _tr("ready")


def _tr(words: str) -> str:
    return QCoreApplication.translate("SetupState", words)

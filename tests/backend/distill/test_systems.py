"""Systems of the survey: each row's recipe and settings teach, and no system is left out."""

from pathlib import Path

import pytest
import torch

from rskd.distill.distiller import Distiller
from rskd.distill.library import recipes, systems
from rskd.distill.recipe import Recipe
from rskd.models.students import entry
from rskd.spec import CheckpointTeacher, DistillJob, IndexTeacher, SeveralTeachers, describe

INVENTORY = Path(__file__).resolve().parents[4] / "shared" / "reference" / "survey_inventory.md"
BUILT = {"R1", "R2", "F1", "F2", "F3", "F4", "F5", "F7", "G1", "G2", "T1", "T2", "T3", "T4", "T5", "T7", "A1", "M4"}
ANSWERED = [system for system in systems() if system.recipe is not None]


def rows_of_the_inventory():
    if not INVENTORY.is_file():
        pytest.skip("the survey's inventory is not on this machine")
    part, _, _ = INVENTORY.read_text("utf-8").partition("\n## B.")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if "|" in line]
    return [row for row in rows if len(row) == 10 and row[8] in ("C", "E")]


def test_every_core_and_extension_system_has_its_row():
    rows = rows_of_the_inventory()
    assert len(rows) == len(systems()) == 118
    for row, system in zip(rows, systems(), strict=True):
        assert (system.ref, system.name, list(system.blocks)) == (row[0], row[1], row[5].split())
        assert system.fit == {"C": "core", "E": "extension"}[row[8]]


@pytest.mark.parametrize("system", systems(), ids=lambda system: system.ref)
def test_a_system_is_answered_where_its_blocks_are_there_and_says_what_is_missing_else(system):
    missing = [block for block in system.blocks if block not in BUILT]
    assert list(system.later) == [block for block in missing if block != "N0"]
    if system.recipe is None:
        assert system.blocks[0] in missing
        assert all(block in system.reason for block in system.later) or "N0" in system.reason
    else:
        assert system.blocks[0] in BUILT
        assert system.recipe in recipes()
        assert system.ours


def brings(terms, block):
    """Whether terms (and what is around them) hold what a block of the inventory is."""
    losses = {term.loss for term in terms}
    relations = {"pairwise", "pkt", "similarity_preserving", "channel_correlation"}
    means = {
        "R1": {"kd", "regression_mse"},
        "R2": {"dkd"},
        "F1": {"hint"},
        "F2": {"attention_transfer"},
        "F3": {"channel_wise"},
        "F4": {"semckd", "deep_to_shallow"},
        "G1": relations,
        "G2": {"class_mean", "info_nce", "prototype_contrast"},
    }
    if block in means:
        return bool(losses & means[block])
    if block == "F5":
        return any(term.where != "everywhere" for term in terms)
    return block not in ("T3",) or any(term.by != "teacher" for term in terms)


@pytest.mark.parametrize("system", ANSWERED, ids=lambda system: system.ref)
def test_the_recipe_of_a_system_has_every_block_that_it_names(system):
    job = job_of(system)
    listed = recipes()[system.recipe]
    for block in system.blocks:
        assert brings(listed.terms, block), block
    if "T1" in system.blocks:
        assert isinstance(job.teacher, SeveralTeachers)
    if "T2" in system.blocks:
        assert job.assistants or any(term.schedule for term in listed.terms)
    if "T4" in system.blocks:
        assert listed.peers
    if "T7" in system.blocks:
        assert job.teacher.kind in ("index", "map")
    if "A1" in system.blocks:
        adaptive = isinstance(job.teacher, SeveralTeachers) and job.teacher.weights != "equal"
        assert adaptive or listed.pixel_weights != "even" or listed.balance == "gradients"
    assert bool(listed.degrade) == ("M4" in system.blocks)


def job_of(system):
    data = {"layers": ["image.tif"], **system.job()}
    return describe(DistillJob, data, base=Path.cwd(), source=system.ref)


def family(job):
    """A small network of the family of the job's teacher, by name."""
    kinds = [job.teacher, *getattr(job.teacher, "teachers", ())]
    transformer = any(
        getattr(one, "model", None) == "segformer"
        or (isinstance(one, CheckpointTeacher) and Path(one.path).stem == "transformer")
        for one in kinds
    )
    return "segformer-b0" if transformer else "mobile-unet"


@pytest.mark.parametrize("system", ANSWERED, ids=lambda system: system.ref)
def test_a_system_learns(schoolroom, system):
    job = job_of(system)
    classes = len(job.teacher.names) if isinstance(job.teacher, IndexTeacher) else 4
    recipe = Recipe.of(job.recipe, labels=True)
    own = schoolroom.network(job.student.name if job.student.name != "auto" else "tiny-unet-8", classes)
    teacher = schoolroom.teacher(family(job), classes) if recipe.needs_live_teacher else None
    peers = [schoolroom.network(name, classes, seed=2) for name in recipe.peers]
    step = Distiller(own, recipe, bands=schoolroom.bands, tile=32, teacher=teacher, peers=peers)
    assert all(entry(name).parameters(3, classes) > 0 for name in job.assistants)
    lesson = schoolroom.batch(classes)
    optimiser = torch.optim.Adam([*own.parameters(), *step.beside.parameters()], 3e-3)
    own.train()
    step.new_epoch()
    values = []
    for done in range(3):
        torch.manual_seed(0)  # the same tiles are degraded in each step
        value, parts = step.loss(lesson, done / 3)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        values.append(value.item())
        assert all(torch.isfinite(part) for part in parts.values())
    torch.manual_seed(0)
    values.append(step.loss(lesson)[0].item())
    assert torch.isfinite(torch.tensor(values)).all()
    assert values[-1] < values[0]

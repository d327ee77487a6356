"""The training loop: it learns, repeats itself to the bit, survives being killed, and speaks in the user's words."""

import runpy
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from rskd.card import BandCard
from rskd.distill.checkpoints import WholeFiles
from rskd.distill.pace import measure_step
from rskd.distill.probe import student_alone_probe, warn_without_lead
from rskd.distill.recipe import Recipe
from rskd.distill.trainer import Course, rate, train
from rskd.distill.validation import Validation
from rskd.errors import MemoryShort, OutputUnwritable, TrainingDiverged
from rskd.events import Reporter
from rskd.models.normalise import Normalised
from rskd.models.plain_unet import PlainUNet

COURSE = Course(steps=12, epoch_steps=4, batch=2, learning_rate=5e-3, seed=1)
CPU = torch.device("cpu")


def network(cards, seed=0):
    torch.manual_seed(seed)
    return Normalised.by_cards(PlainUNet(2, 3, (8, 8)), cards)


def run(countryside, folder, *, course=COURSE, source=None, validated=True, recipe=None, reporter=None, seed=0):
    net = network(countryside.cards, seed)
    validation = (
        Validation([countryside.material()], countryside.cards, size=32, batch=4, classes=3) if validated else None
    )
    trained = train(
        net,
        source or countryside.source(teacher=False),
        validation,
        recipe or Recipe.supervised(),
        course,
        folder=folder,
        device=CPU,
        threads=1,
        reporter=reporter or Reporter(),
    )
    return net, trained


def same(first, second):
    pairs = zip(first.state_dict().items(), second.state_dict().items(), strict=True)
    return all(name == other and torch.equal(a, b) for (name, a), (other, b) in pairs)


class Interrupting:
    """A source whose tiles run out into a Ctrl-C."""

    def __init__(self, source, at):
        self.source, self.at = source, at

    def facts(self):
        return self.source.facts()

    def batch(self, numbers):
        if self.at in numbers:
            raise KeyboardInterrupt
        return self.source.batch(numbers)


def test_a_tiny_network_learns_the_countryside(countryside, tmp_path):
    course = Course(steps=60, epoch_steps=20, batch=4, learning_rate=1e-2, seed=1)
    net, trained = run(countryside, tmp_path, course=course)
    assert trained.score_name == "mean_iou"
    assert trained.score > 0.9
    assert trained.steps_done == 60
    assert [row["step"] for row in trained.curves] == [20, 40, 60]
    assert trained.curves[-1]["loss"] < trained.curves[0]["loss"] / 2
    assert not net.training


def test_the_same_seed_gives_the_same_weights_to_the_bit(countryside, tmp_path):
    first, _ = run(countryside, tmp_path / "a")
    second, _ = run(countryside, tmp_path / "b")
    other, _ = run(countryside, tmp_path / "c", seed=5)
    assert same(first, second)
    assert not same(first, other)


@pytest.mark.parametrize("validated", [True, False])
def test_interrupted_and_resumed_gives_the_same_weights_to_the_bit(countryside, tmp_path, validated):
    whole, expected = run(countryside, tmp_path / "whole", validated=validated)
    halting = Interrupting(countryside.source(teacher=False), at=19)
    with pytest.raises(KeyboardInterrupt):
        run(countryside, tmp_path / "halves", source=halting, validated=validated)
    assert [path.name for path in sorted((tmp_path / "halves").iterdir())] == ["epoch-000001.ckpt", "epoch-000002.ckpt"]
    resumed, trained = run(countryside, tmp_path / "halves", validated=validated)
    assert same(whole, resumed)
    without_clock = [{k: v for k, v in row.items() if k != "seconds"} for row in trained.curves]
    assert without_clock == [{k: v for k, v in row.items() if k != "seconds"} for row in expected.curves]


def test_ctrl_c_works_again_after_an_interrupt(countryside, tmp_path):
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run(countryside, tmp_path, source=Interrupting(countryside.source(teacher=False), at=0))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_finished_training_is_not_repeated(countryside, tmp_path):
    first, _ = run(countryside, tmp_path)
    again, trained = run(countryside, tmp_path, source=Interrupting(countryside.source(teacher=False), at=0))
    assert same(first, again)
    assert trained.steps_done == 12


def test_a_damaged_checkpoint_is_passed_over(countryside, tmp_path):
    whole, _ = run(countryside, tmp_path / "whole")
    halting = Interrupting(countryside.source(teacher=False), at=23)
    with pytest.raises(KeyboardInterrupt):
        run(countryside, tmp_path / "halves", source=halting)
    newest = tmp_path / "halves" / "epoch-000002.ckpt"
    newest.write_bytes(newest.read_bytes()[:-700])
    reporter = Reporter()
    resumed, _ = run(countryside, tmp_path / "halves", reporter=reporter)
    assert [warning["code"] for warning in reporter.warnings] == ["checkpoint-damaged"]
    assert same(whole, resumed)


def test_a_flipped_bit_in_a_checkpoint_is_noticed(countryside, tmp_path):
    run(countryside, tmp_path)
    newest = tmp_path / "epoch-000003.ckpt"
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 0x10
    newest.write_bytes(data)
    reporter = Reporter()
    run(countryside, tmp_path, reporter=reporter)
    assert [warning["code"] for warning in reporter.warnings] == ["checkpoint-damaged"]


def test_another_course_does_not_go_on_from_this_ones_checkpoints(countryside, tmp_path):
    run(countryside, tmp_path)
    other = Course(steps=12, epoch_steps=4, batch=2, learning_rate=1e-3, seed=1)
    resumed, _ = run(countryside, tmp_path, course=other)
    fresh, _ = run(countryside, tmp_path / "fresh", course=other)
    assert same(resumed, fresh)


def test_checkpoints_hold_tensors_and_plain_values_of_the_student_alone(countryside, tmp_path):
    net, _ = run(countryside, tmp_path)
    checkpoint = torch.load(tmp_path / "epoch-000003.ckpt", weights_only=True)
    assert set(checkpoint["state_dict"]) == {f"network.{name}" for name in net.state_dict()}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["epoch-000002.ckpt", "epoch-000003.ckpt"]


def test_a_checkpoint_that_cannot_be_written_is_said(countryside, tmp_path):
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(OutputUnwritable):
        run(countryside, tmp_path / "taken")


KILLED = """
import os, sys
from pathlib import Path
import torch
from rskd.distill.data import Batch
from rskd.distill.recipe import Recipe
from rskd.distill.trainer import Course, train
from rskd.events import Reporter
from rskd.models.plain_unet import PlainUNet

class Noise:
    def __init__(self, kill):
        self.kill = kill
    def facts(self):
        return {}
    def batch(self, numbers):
        if self.kill in numbers:
            os.kill(os.getpid(), 9)
        draw = torch.Generator().manual_seed(numbers[0])
        image, target = torch.randn(2, 2, 16, 16, generator=draw), torch.zeros(2, 16, 16, dtype=torch.int64)
        return Batch(image, torch.ones(2, 16, 16, dtype=torch.bool), target)

def trained(folder, kill=-1):
    torch.manual_seed(0)
    net = PlainUNet(2, 3, (4,))
    train(net, Noise(kill), None, Recipe.supervised(), Course(6, 2, 2, 1e-2, 1), folder=Path(folder),
          device=torch.device("cpu"), threads=1, reporter=Reporter())
    return net

if __name__ == "__main__":
    trained(sys.argv[1], kill=7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 on Windows")
def test_a_kill_at_any_moment_is_made_good_by_the_same_command(tmp_path):
    script, folder = tmp_path / "killed.py", tmp_path / "halves"
    script.write_text(KILLED, encoding="utf-8")
    done = subprocess.run([sys.executable, script, folder], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (-9, "")
    assert [path.name for path in folder.iterdir() if path.suffix == ".ckpt"] == ["epoch-000001.ckpt"]
    trained = runpy.run_path(str(script))["trained"]
    assert same(trained(folder), trained(tmp_path / "whole"))


def test_nothing_reaches_stdout_and_no_folder_of_lightnings_appears(countryside, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    run(countryside, tmp_path / "work")
    heard = capfd.readouterr()
    assert heard.out == heard.err == ""
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


def test_progress_is_told_a_step_at_a_time_and_a_metric_an_epoch(countryside, tmp_path):
    heard = []
    run(countryside, tmp_path, reporter=Reporter(heard.append))
    names, values = {"code": "training", "stage": "training"}, {"number": 1, "members": 1}
    assert heard[0] == {"event": "stage-start", **names, "values": values, "total": 12, "unit": "steps"}
    assert [event["done"] for event in heard if event["event"] == "progress"][-1] == 12
    metrics = [event for event in heard if event["event"] == "metric"]
    assert [metric["step"] for metric in metrics] == [4, 8, 12]
    assert {"name", "loss", "labels", "mean_iou", "learning_rate", "seconds", "epoch"} <= set(metrics[0])
    assert heard[-1]["event"] == "stage-end"


def test_a_training_without_progress_stops_early_and_keeps_its_best(countryside, tmp_path):
    course = Course(steps=200, epoch_steps=4, batch=1, learning_rate=1e-9, seed=1, patience=2)
    net, trained = run(countryside, tmp_path, course=course)
    later = [row["mean_iou"] for row in trained.curves if row["step"] >= 100]
    assert trained.steps_done < 200
    assert trained.score == max(later)
    assert len(later) - 1 - later.index(trained.score) == 2
    validation = Validation([countryside.material()], countryside.cards, size=32, batch=4, classes=3)
    assert validation.score(net, CPU) == trained.score


def test_a_learning_rate_that_is_too_high_is_named(countryside, tmp_path):
    course = Course(steps=40, epoch_steps=40, batch=1, learning_rate=1e30, seed=1)
    with pytest.raises(TrainingDiverged) as told:
        run(countryside, tmp_path, course=course)
    assert "training.learning_rate" in told.value.hint
    assert told.value.facts["learning_rate"] == 1e30


def test_short_memory_names_what_to_lower(countryside, tmp_path):
    class Greedy(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(1))

        def forward(self, image):
            return torch.empty(2**60) * self.weight

    for act in (
        lambda: train(
            Greedy(), countryside.source(teacher=False), None, Recipe.supervised(), COURSE,
            folder=tmp_path, device=CPU, threads=1, reporter=Reporter(),
        ),
        lambda: measure_step(
            Greedy(), countryside.source(teacher=False), Recipe.supervised(),
            batch=1, learning_rate=1e-3, device=CPU, threads=1,
        ),
    ):  # fmt: skip
        with pytest.raises(MemoryShort) as told:
            act()
        assert "training.batch" in told.value.hint
        assert "training.tile" in told.value.hint


def test_dropout_draws_the_same_after_a_resume(countryside, tmp_path):
    def trained(folder, source):
        torch.manual_seed(0)
        net = torch.nn.Sequential(torch.nn.Conv2d(2, 8, 1), torch.nn.Dropout(0.5), torch.nn.Conv2d(8, 3, 1))
        net = Normalised.by_cards(net, countryside.cards)
        train(
            net, source, None, Recipe.supervised(), COURSE,
            folder=folder, device=CPU, threads=1, reporter=Reporter(),
        )  # fmt: skip
        return net

    source = countryside.source(teacher=False)
    whole = trained(tmp_path / "whole", source)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "halves", Interrupting(source, at=17))
    assert same(whole, trained(tmp_path / "halves", source))


def test_the_rate_rises_for_a_fifth_and_falls_to_nothing():
    rates = [rate(step, 100) for step in range(100)]
    assert rates[:20] == pytest.approx([(step + 1) / 20 for step in range(20)])
    assert rates[20] == 1
    assert rates[60] == pytest.approx(0.5)
    assert rates[99] < 0.001
    assert rate(0, 1) == 1


def test_a_measured_step_changes_no_weights(countryside):
    net = network(countryside.cards)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    source = countryside.source(teacher=False)
    seconds = measure_step(
        net, source, Recipe.supervised(), batch=2, learning_rate=1e-2, device=CPU, threads=1, repeats=2
    )
    assert 0 < seconds < 10
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())


def test_whole_files_read_weights_only(tmp_path):
    class Surprise:
        def __reduce__(self):
            return Path.touch, (tmp_path / "run",)

    torch.save({"rskd": Surprise()}, tmp_path / "bad.ckpt")
    with pytest.raises(Exception, match=r"[Ww]eights"):
        WholeFiles().load_checkpoint(tmp_path / "bad.ckpt", weights_only=False)
    assert not (tmp_path / "run").exists()


def test_the_probe_trains_for_a_share_of_the_steps_and_scores(countryside, tmp_path):
    validation = Validation([countryside.material()], countryside.cards, size=32, batch=4, classes=3)
    heard = []
    score = student_alone_probe(
        network(countryside.cards), countryside.source(teacher=False), validation, Recipe.supervised(), COURSE,
        share=0.5, folder=tmp_path, device=CPU, threads=1, reporter=Reporter(heard.append),
    )  # fmt: skip
    assert 0 <= score <= 1
    assert [event["total"] for event in heard if event["event"] == "stage-start"] == [6]


def test_the_probe_has_nothing_to_say_without_validation_labels(countryside, tmp_path):
    unlabelled = Validation([countryside.material(labelled=False)], countryside.cards, size=32, batch=4, classes=3)
    assert (
        student_alone_probe(
            network(countryside.cards), countryside.source(teacher=False), unlabelled, Recipe.supervised(), COURSE,
            share=0.5, folder=tmp_path, device=CPU, threads=1, reporter=Reporter(),
        )
        is None
    )  # fmt: skip


def test_a_teacher_without_a_lead_is_warned_of_and_one_with_is_not():
    reporter = Reporter()
    warn_without_lead(0.5, 0.4, reporter)
    assert reporter.warnings == []
    warn_without_lead(0.4, 0.4, reporter)
    assert [warning["code"] for warning in reporter.warnings] == ["teacher-does-not-lead"]
    assert reporter.warnings[0]["values"]["lead"] == 0
    assert "bands" in reporter.warnings[0]["hint"]


def test_a_teacher_of_hardly_any_steps_is_not_blamed_for_its_bands():
    reporter = Reporter()
    warn_without_lead(0.1, 0.4, reporter, few_steps=1)
    assert "on the validation blocks" in reporter.warnings[0]["message"]
    assert "trained for 1 step only" in reporter.warnings[0]["hint"]
    assert "bands" not in reporter.warnings[0]["hint"]


def test_band_cards_are_what_the_network_normalises_with(countryside):
    card = BandCard(name="b", layer="l", dtype="uint16", mean=30000.0, std=0.5, low=0, high=1)
    seen = []
    net = Normalised.by_cards(torch.nn.Identity(), [card])
    net.network.register_forward_hook(lambda _m, inputs, _o: seen.append(inputs[0]))
    net(torch.tensor([[[[30000.0, 30001.0, 65535.0]]]]))
    assert seen[0].flatten().tolist() == [0.0, 2.0, 71070.0]

"""The evidence in words: tables and plots from `results/`, between two marks in `docs/methods.md`.

python -m benchmarks.distillation.tables
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.distillation import ledger
from benchmarks.distillation.comparing import LEAD, Comparison, Difference, Line, comparisons, over_sets
from benchmarks.distillation.orders import BATCH, REGIMES
from benchmarks.distillation.plots import draw

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "methods.md"
IMAGES = ROOT / "docs" / "images"
BEGIN, END = "<!-- evidence: begin -->", "<!-- evidence: end -->"

_HEAD = (
    "| method | mean IoU | against alone, points | against kd, points | of the teacher | CPU s a step | peak MB |\n"
    "|---|---|---|---|---|---|---|"
)


def evidence(stages: Mapping[str, Sequence[Mapping[str, Any]]], teachers: Sequence[Mapping[str, Any]]) -> str:
    """Everything between the marks, as Markdown; `stages`: the rows of each."""
    parts = [_stage(name, rows, comparisons(rows, teachers)) for name, rows in stages.items() if rows]
    return "\n\n".join([_READING, *parts]) if parts else "Nothing has been measured yet."


_READING = (
    "Each row trains the same student from the same first weights for the same number of steps; what differs between "
    "rows of a seed is what it learns from. Accuracy is mean IoU on ground that no training tile touches. "
    "“±” is the standard deviation over seeds; a difference is paired by seed, with Student's 95 % confidence interval "
    "(wide where seeds are few), and bold where that leaves 0 out. A student can only be given what its teacher has "
    f"more: where the teacher leads the student alone by less than {LEAD * 100:.0f} points on the validation part, the "
    "table says that its rows do not count. Seconds a step are the processor's, on one thread, reading and scoring "
    "included; peak memory is that of the training process, libraries included."
)


def _stage(name: str, rows: Sequence[Mapping[str, Any]], found: Sequence[Comparison]) -> str:
    machines = "; ".join(dict.fromkeys(row["machine"] for row in rows))
    seeds = sorted({row["seed"] for row in rows})
    steps = sorted({row["steps"] for row in rows})
    dates = sorted(row["when"][:10] for row in rows)
    when = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    lines = [
        f"#### Stage {name}",
        f"{' or '.join(map(str, steps))} steps of {BATCH} tiles, {len(seeds)} seeds at most, {len(rows)} rows, "
        f"measured {when} on: {machines}.",
    ]
    for regime, words in REGIMES.items():
        here = [one for one in found if one.regime == regime]
        if here:
            lines += [f"**{words[0].upper()}{words[1:]}**", *map(_comparison, here), *_together(here, regime)]
            lines += [f"![Differences to the student alone, {words}](images/{image_name(name, regime)})"]
    return "\n\n".join(lines)


def image_name(stage: str, regime: str) -> str:
    return f"distillation-{stage}-{regime}.svg"


def _comparison(one: Comparison) -> str:
    said = [f"`{one.set}`."]
    if one.teacher is not None:
        size = f", {one.teacher_parameters:,} parameters" if one.teacher_parameters else ""
        said.append(f"The teacher{size}, has {one.teacher:.3f}; the student has {one.parameters:,} parameters.")
    if one.lead is not None:
        said.append(f"On the validation part the teacher leads the student alone by {100 * one.lead:.1f} points.")
    if not one.counts:
        said.append("**These rows do not count: the teacher does not lead far enough.**")
    if one.regime == "no-labels":
        said.append("The student alone had all labels here, and those below had none.")
    alone = [one.alone] if one.alone is not None else []
    return "\n".join([" ".join(said), "", _HEAD, *(_line(line, one.alone) for line in [*alone, *one.lines])])


def _line(line: Line, alone: Line | None) -> str:
    spread = "" if line.spread is None else f" ± {line.spread:.3f}"
    seconds = f"{line.step_seconds:.3f}"
    if alone is not None and line is not alone:
        seconds += f" ({line.step_seconds / alone.step_seconds:.2f} ×)"
    cells = [
        line.method,
        f"{line.mean:.3f}{spread} (n = {len(line.by_seed)})",
        _points(line.against_alone),
        _points(line.against_kd),
        "" if line.of_teacher is None else f"{line.of_teacher:.0%}",
        seconds,
        f"{line.peak_mb:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def _points(found: Difference | None) -> str:
    if found is None:
        return ""
    mean = f"{100 * found.mean:+.1f}".replace("-", "−")
    if found.low is None or found.high is None:
        return mean
    mean = f"**{mean}**" if found.significant else mean
    return f"{mean} ({100 * found.low:.1f} to {100 * found.high:.1f})".replace("-", "−")


def _together(here: Iterable[Comparison], regime: str) -> list[str]:
    """Methods by their mean over sets, where there is more than one that counts."""
    gains = {method: (gain, count) for method, (gain, count) in over_sets(here, regime).items() if count > 1}
    if not gains:
        return []
    ordered = sorted(gains.items(), key=lambda one: -one[1][0])
    said = ", ".join(f"{method} {100 * gain:+.1f} ({count} sets)" for method, (gain, count) in ordered)
    return [f"Mean over the sets that count, points against the student alone: {said}.".replace("-", "−")]


def write_between_marks(document: Path, text: str) -> bool:
    """Puts `text` between the marks of a document; False where it has none."""
    if not document.exists():
        return False
    whole = document.read_text("utf-8")
    first, last = whole.find(BEGIN), whole.find(END)
    if not 0 <= first < last:
        return False
    document.write_text(f"{whole[: first + len(BEGIN)]}\n\n{text}\n\n{whole[last:]}", "utf-8")
    return True


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.distillation.tables", description=__doc__)
    parser.add_argument("--results", type=Path, default=ledger.RESULTS)
    parser.add_argument("--document", type=Path, default=DOCUMENT)
    parser.add_argument("--images", type=Path, default=IMAGES)
    given = parser.parse_args(arguments)
    stages = {path.stem.removeprefix("stage"): ledger.rows(path) for path in sorted(given.results.glob("stage*.jsonl"))}
    teachers = ledger.rows(given.results / "teachers.jsonl")
    text = evidence(stages, teachers)
    for name, rows in stages.items():
        found = comparisons(rows, teachers)
        for regime in REGIMES:
            here = [one for one in found if one.regime == regime]
            if here:
                draw(here, given.images / image_name(name, regime))
    if not write_between_marks(given.document, text):
        print(text)
        print(f"{given.document} has no marks {BEGIN} and {END}: nothing was written there.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

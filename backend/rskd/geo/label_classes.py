"""Which of the values in the labels are classes, what they are called, and which channel each gets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from rskd.card import ClassCard
from rskd.errors import ClassesMismatch, LabelsUnusable
from rskd.geo.legend import Entry, Key, Legend, as_key, default_palette
from rskd.spec import LabelSpec, Task, Value

# Channel numbers are bytes, 255 means ignore.
_MOST_CLASSES = 254


@dataclass(frozen=True)
class LabelClass:
    """One class: `value` is what maps hold, `color` sRGB such as “#1b7837”."""

    value: int
    name: str
    color: str

    @classmethod
    def of(cls, card: ClassCard) -> Self:
        """As a model's card says it."""
        return cls(card.value, card.name, card.color)

    @property
    def card(self) -> ClassCard:
        """For a model's card."""
        return ClassCard(value=self.value, name=self.name, color=self.color)


@dataclass(frozen=True)
class Found:
    """What a count of a label file's values says.

    Attributes:
        title: the file, for messages.
        present: values that occur inside the area, those of `ignore` left out.
        numbers: values are whole numbers, not texts.
        legend: what the file's own tables call them.
        unlabelled: the stand-in value of ground without features that counts as background; None if there is none.
    """

    title: str
    present: Collection[Key]
    numbers: bool
    legend: Legend
    unlabelled: str | None = None

    def entry(self, key: Key) -> Entry:
        """What the legend says of a value."""
        return self.legend.get(key) or self.legend.get(str(key)) or Entry()

    def named(self) -> list[Key]:
        """Values that the legend has a name for, whether they occur or not."""
        return [key for key, entry in self.legend.items() if entry.name]

    def name(self, key: Key) -> str:
        """The legend's name, else the value."""
        return self.entry(key).name or str(key)


@dataclass(frozen=True)
class Classes:
    """Classes in channel order, the channel of each value, and the background's channel.

    `by_number`: values without a name that were taken for the named class of that number.
    """

    classes: tuple[LabelClass, ...]
    channels: Mapping[Key, int]
    background: int | None
    by_number: tuple[int, ...] = ()


def ignored_keys(spec: LabelSpec, *, numbers: bool, title: str) -> list[Key]:
    """The values of `ignore`. Raises LabelsUnusable for texts where the labels are numbers."""
    return _as_keys(spec.ignore, numbers=numbers, option="ignore", title=title)


def has_background(spec: LabelSpec, found: Found) -> bool:
    """Whether some value or class bears the background's name."""
    names = [*(spec.classes or ()), *(found.name(key) for key in found.present), *map(str, found.present)]
    return any(_is_background(name, spec) for name in names)


def choose_classes(spec: LabelSpec, found: Found, *, task: Task) -> Classes:
    """The classes that the labels themselves, or `spec.classes`, say.

    Raises:
        LabelsUnusable: fewer than two or more than 254 classes, values that do not occur, no background where the
            task needs one.
    """
    groups = _given_groups(spec, found) if spec.classes else _own_groups(found)
    if task == "segmentation":
        groups = _with_background(groups, spec, found)
    _check_count(list(groups), found.title)
    values = _values(groups, found, background=spec.background if task == "segmentation" else None)
    own = [next((c for key in keys if (c := found.entry(key).color)), None) for keys in groups.values()]
    given = spec.colors or {}
    colors = _colors(own, [given.get(name) for name in groups])
    classes = tuple(LabelClass(*three) for three in zip(values, groups, colors, strict=True))
    channels = {key: channel for channel, keys in enumerate(groups.values()) for key in keys}
    return Classes(classes, channels, _background_channel(classes, spec, task))


def match_classes(spec: LabelSpec, found: Found, classes: Sequence[LabelClass], *, task: Task) -> Classes:
    """Channels of `classes` for these labels: by name where there are names, else by value.

    Raises:
        ClassesMismatch: some value that occurs belongs to none of `classes`.
    """
    names = {c.name: channel for channel, c in enumerate(classes)}
    numbers = {c.value: channel for channel, c in enumerate(classes)}
    unnamed = {c.value for c in classes if c.name == str(c.value)}
    given = {key: name for name, keys in _keys_of_groups(spec, found).items() for key in keys}
    channels: dict[Key, int] = {}
    strange: list[str] = []
    by_number: list[int] = []
    for key in found.present:
        if spec.classes and key not in given and key != found.unlabelled:
            continue  # values not named are ignored
        name = given.get(key) or found.name(key)
        channel = names.get(name)
        if channel is None and not spec.classes and isinstance(key, int):
            # A name of another class is no class of the same number.
            channel = numbers.get(key) if found.entry(key).name is None or key in unnamed else None
            if channel is not None and found.entry(key).name is None and key not in unnamed:
                by_number.append(key)
        if channel is None:
            strange.append(name)
        else:
            channels[key] = channel
    if strange:
        raise ClassesMismatch(
            f"“{found.title}” holds {_listed(sorted(strange))}, not among the classes {_listed(names)}.",
            "Map the values with `classes:`, or leave them out with `ignore:`.",
            strange=sorted(strange),
            classes=list(names),
        )
    background = _background_channel(classes, spec, task)
    return Classes(tuple(classes), channels, background, tuple(sorted(by_number)))


def _as_keys(values: Iterable[Value], *, numbers: bool, option: str, title: str) -> list[Key]:
    if not numbers:
        return [str(value) for value in values]
    keys = [as_key(str(value)) for value in values]
    texts = [key for key in keys if isinstance(key, str)]
    if texts:
        message = f"`{option}` names {_listed(texts)}, but the labels in “{title}” are whole numbers."
        raise LabelsUnusable(message, "Give the numbers that stand in the labels.", values=texts)
    return keys


def _keys_of_groups(spec: LabelSpec, found: Found) -> dict[str, list[Key]]:
    return {
        name: _as_keys(values, numbers=found.numbers, option=f"classes: {name}", title=found.title)
        for name, values in (spec.classes or {}).items()
    }


def _given_groups(spec: LabelSpec, found: Found) -> dict[str, list[Key]]:
    groups = _keys_of_groups(spec, found)
    every = [key for keys in groups.values() for key in keys]
    twice = sorted({str(key) for key in every if every.count(key) > 1})
    if twice:
        raise LabelsUnusable(f"`classes` names {_listed(twice)} more than once.", "A value belongs to one class.")
    absent = [str(key) for key in every if key not in found.present]
    if absent:
        raise LabelsUnusable(
            f"`classes` names {_listed(absent)}, which the labels in “{found.title}” do not hold inside the area; "
            f"they hold {_listed(_sorted(found.present))}.",
            "Leave out values that do not occur.",
            values=absent,
        )
    return groups


def _own_groups(found: Found) -> dict[str, list[Key]]:
    groups: dict[str, list[Key]] = {}
    for key in _sorted(found.present):
        name = found.name(key)
        groups[f"{name} ({key})" if name in groups else name] = [key]
    return groups


def _sorted(keys: Iterable[Key]) -> list[Key]:
    return sorted(keys, key=lambda key: (isinstance(key, str), key))


def _with_background(groups: dict[str, list[Key]], spec: LabelSpec, found: Found) -> dict[str, list[Key]]:
    """The background under its name: unlabelled ground first, else the class so named, else an unnamed value 0."""
    if found.unlabelled is not None:
        objects = {name: keys for name, keys in groups.items() if found.unlabelled not in keys}
        return {spec.background: [found.unlabelled], **objects}
    for name, keys in groups.items():
        if _is_background(name, spec) or (not spec.classes and _is_background(str(keys[0]), spec)):
            return {spec.background if other == name else other: keys for other, keys in groups.items()}
    named = found.entry(0).name is not None or (spec.classes and any(0 in keys for keys in groups.values()))
    if found.numbers and 0 in found.present and not named:
        return {spec.background: [0], **{name: keys for name, keys in groups.items() if keys != [0]}}
    raise LabelsUnusable(
        f"None of the classes in “{found.title}” is the background “{spec.background}”; they are {_listed(groups)}.",
        "Say which one is with `background:`, or use `task: land-cover`.",
        classes=list(groups),
    )


def _is_background(name: str, spec: LabelSpec) -> bool:
    return name.casefold() == spec.background.casefold()


def _background_channel(classes: Sequence[LabelClass], spec: LabelSpec, task: Task) -> int | None:
    if task != "segmentation":
        return None
    return next((channel for channel, c in enumerate(classes) if _is_background(c.name, spec)), None)


def _check_count(names: list[str], title: str) -> None:
    if len(names) < 2:
        message = f"“{title}” holds one class only inside the area: {_listed(names)}."
        raise LabelsUnusable(message, "Two classes are needed; check `area:`, `ignore:` and `classes:`.", classes=names)
    if len(names) > _MOST_CLASSES:
        message = f"“{title}” holds {len(names)} different values; at most {_MOST_CLASSES} can be classes."
        raise LabelsUnusable(message, "Is it a class layer? Merge values with `classes:`.", count=len(names))


def _values(groups: dict[str, list[Key]], found: Found, *, background: str | None) -> list[int]:
    """Numbers for maps: the labels' own; 1, 2, … where classes are merged or texts; the first free one for the rest."""
    labelled = {name: keys for name, keys in groups.items() if keys != [found.unlabelled]}
    own = all(len(keys) == 1 and isinstance(keys[0], int) for keys in labelled.values())
    if own:
        numbers = {name: key for name, keys in labelled.items() if isinstance(key := keys[0], int)}
    else:
        # A merged background is 0, objects are numbered from 1 as they are without it.
        rest = [name for name in labelled if name != background]
        numbers = {name: number for number, name in enumerate(rest, 1)}
    free = next(n for n in range(len(groups) + 1) if n not in numbers.values())
    return [numbers.get(name, free) for name in groups]


def _colors(own: list[str | None], given: list[str | None]) -> list[str]:
    """The user's colours, whatever they are; then the file's, then ones that nothing else has."""
    # A colour shared by several classes is an unset colour table: the first keeps it.
    kept = [color if color not in [*own[:i], *given] else None for i, color in enumerate(own)]
    chosen = [wanted or color for wanted, color in zip(given, kept, strict=True)]
    spare = iter(color for color in default_palette(2 * len(own)) if color not in chosen)
    return [color or next(spare) for color in chosen]


def _listed(values: Iterable[Key]) -> str:
    some = [f"“{value}”" for value in values]
    return ", ".join(some[:12]) + (f" and {len(some) - 12} more" if len(some) > 12 else "")

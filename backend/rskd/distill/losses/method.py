"""What a loss says of itself, so that it can be listed, checked and chosen by name without an edit elsewhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Annotated, Any, Literal, TypeVar, get_origin, get_type_hints

import torch
from pydantic import BaseModel, ConfigDict, create_model
from torch import Tensor, nn

Kind = Literal["response", "feature", "cross-layer", "relation", "prototype", "localisation"]
Need = Literal["labels", "teacher", "taps", "levels", "boxes"]
Task = Literal["land-cover", "segmentation", "change", "regression", "detection"]
DENSE: tuple[Task, ...] = ("land-cover", "segmentation", "change")

Loss = TypeVar("Loss", bound=Callable[..., Tensor])


@dataclass(frozen=True)
class Method:
    """A loss with what is known of it.

    Attributes:
        name: of the function.
        kind: its family.
        summary: the first line of its docstring.
        needs: what must be there: labels, a teacher's answer, taps (one inner feature a side), levels (several).
        tasks: what it is for.
        cost: what it takes, in words; N tiles, P pixels or cells, K classes, C channels.
        source: paper.
        learned: a module with weights of its own that the loss is handed as `learned`, made for the student's and the
            teacher's shapes; None where nothing is learned.
        adapter: whether the student's features must first be brought to the teacher's channels.
        paired: of a loss over levels: whether both sides need as many.
        fewest_classes: below it the loss lacks part of its formula.
        void_below: whether nothing at all is left of it then.
    """

    name: str
    kind: Kind
    loss: Callable[..., Tensor]
    needs: tuple[Need, ...]
    tasks: tuple[Task, ...]
    cost: str
    source: str
    learned: Callable[..., nn.Module] | None = None
    adapter: bool = False
    paired: bool = False
    fewest_classes: int = 2
    void_below: bool = False

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.loss) or "").partition("\n")[0]

    @cached_property
    def options(self) -> type[BaseModel]:
        """The plain settings (numbers, words) of the loss with defaults and ranges, as its signature states them."""
        hints = get_type_hints(self.loss, include_extras=True)
        stated: dict[str, Any] = {}
        for name, parameter in inspect.signature(self.loss).parameters.items():
            if parameter.kind is parameter.KEYWORD_ONLY and get_origin(hints[name]) is Annotated:
                stated[name] = (hints[name], parameter.default)
        return create_model(f"{self.name} options", __config__=ConfigDict(extra="forbid", frozen=True), **stated)

    @property
    def weighable(self) -> bool:
        """Whether pixels may count differently: it takes `weights` (N, H, W)."""
        return "weights" in inspect.signature(self.loss).parameters

    def facts(self) -> dict[str, Any]:
        """What `rskd methods --json` prints of it, JSON types only."""
        return {
            "name": self.name,
            "kind": self.kind,
            "summary": self.summary,
            "needs": list(self.needs),
            "tasks": list(self.tasks),
            "fewest_classes": self.fewest_classes,
            "cost": self.cost,
            "parameters": parameters(self.options),
            "source": self.source,
        }


METHODS: dict[str, Method] = {}
"""All losses by name, in the order of their definition."""


def method(
    kind: Kind,
    *,
    needs: tuple[Need, ...],
    cost: str,
    source: str,
    tasks: tuple[Task, ...] = DENSE,
    learned: Callable[..., nn.Module] | None = None,
    adapter: bool = False,
    paired: bool = False,
    fewest_classes: int = 2,
    void_below: bool = False,
) -> Callable[[Loss], Loss]:
    """Enters a loss into the list, and has it computed with autocast off (half precision makes NaN of most of them)."""

    def enter(loss: Loss) -> Loss:
        @wraps(loss)
        def exact(student: Any, *others: Any, **options: Any) -> Tensor:
            with torch.autocast(_device(student), enabled=False):
                return loss(student, *others, **options)

        METHODS[loss.__name__] = Method(
            name=loss.__name__,
            kind=kind,
            loss=exact,
            needs=needs,
            tasks=tasks,
            cost=cost,
            source=source,
            learned=learned,
            adapter=adapter,
            paired=paired,
            fewest_classes=fewest_classes,
            void_below=void_below,
        )
        return exact  # type: ignore[return-value]

    return enter


def parameters(options: type[BaseModel]) -> list[dict[str, Any]]:
    """Name, description, default and range of each setting of a model."""
    described = options.model_json_schema().get("properties", {})
    return [_parameter(name, schema) for name, schema in described.items()]


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    schema = {**schema.get("anyOf", [{}])[0], **schema}  # one that may also be left out
    lowest, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    return {
        "name": name,
        "type": schema.get("type", "string"),
        "description": schema.get("description", ""),
        "default": schema.get("default"),
        "minimum": lowest if above is None else above,
        "minimum_excluded": above is not None,
        "maximum": schema.get("maximum", schema.get("exclusiveMaximum")),
        "maximum_excluded": "exclusiveMaximum" in schema,
        "choices": list(schema.get("enum", ())),
    }


def _device(value: Any) -> str:
    while not isinstance(value, Tensor):
        value = value[0]
    return value.device.type

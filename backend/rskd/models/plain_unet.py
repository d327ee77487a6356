"""A plain convolutional U-Net with a finite, exactly known receptive field."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


def _conv_block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """Return a 3x3 convolution with batch normalisation and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class PlainUNet(nn.Module):
    """A U-Net of 3x3 convolutions for per-pixel classification.

    Every level of the encoder has two convolutions (each with batch normalisation and ReLU); levels are joined by
    2x2 max-pooling. The decoder upsamples bilinearly by two, concatenates the encoder's features of that level and
    applies one convolution. With a stem stride of two the whole network works at half resolution, and its logits are
    upsampled bilinearly at the end. Nothing in it looks at the whole image (no global pooling, no attention), so that
    in evaluation mode a pixel's logits depend only on the pixels within ``receptive_field`` of it.

    Args:
        bands: Number of input bands.
        classes: Number of classes, that is of output channels.
        widths: Channels of each level, finest first; at least one.
        stem_stride: Stride of the first convolution, 1 or 2.

    Attributes:
        bands: Number of input bands.
        classes: Number of classes.
        widths: Channels of each level.
        stem_stride: Stride of the first convolution.

    Raises:
        ValueError: If a size is not positive, ``widths`` is empty, or the stem stride is neither 1 nor 2.
    """

    def __init__(self, bands: int, classes: int, widths: Sequence[int], stem_stride: int = 1) -> None:
        super().__init__()
        if bands < 1 or classes < 1 or not widths or min(widths) < 1:
            raise ValueError("bands, classes and every width must be positive, and widths must not be empty")
        if stem_stride not in (1, 2):
            raise ValueError(f"stem_stride must be 1 or 2, not {stem_stride}")
        self.bands = bands
        self.classes = classes
        self.widths = tuple(widths)
        self.stem_stride = stem_stride
        inputs = (bands, *self.widths[:-1])
        self.encoder = nn.ModuleList(
            nn.Sequential(_conv_block(i, o, stem_stride if level == 0 else 1), _conv_block(o, o))
            for level, (i, o) in enumerate(zip(inputs, self.widths, strict=True))
        )
        self.decoder = nn.ModuleList(
            _conv_block(fine + coarse, fine) for fine, coarse in zip(self.widths[:-1], self.widths[1:], strict=True)
        )
        self.head = nn.Conv2d(self.widths[0], classes, kernel_size=1)

    @property
    def multiple(self) -> int:
        """Number that the input's height and width must be multiples of."""
        return int(self.stem_stride * 2 ** (len(self.widths) - 1))

    @property
    def receptive_field(self) -> int:
        """Radius in pixels of the theoretical receptive field.

        It is the largest distance, along a row or column and over every alignment of the output pixel with the
        pooling grid, between an output pixel and an input pixel on which its logits depend.
        """
        period = self.multiple
        radius = 0
        for pixel in range(period):
            low, high = self._input_interval(pixel)
            radius = max(radius, pixel - low, high - pixel)
        return radius

    def forward(self, image: Tensor) -> Tensor:
        """Compute the logits.

        Args:
            image: Normalised image, float (N, bands, H, W), H and W multiples of ``multiple``.

        Returns:
            Logits, float (N, classes, H, W).
        """
        skips: list[Tensor] = []
        features = image
        for level, block in enumerate(self.encoder):
            if level > 0:
                features = functional.max_pool2d(features, kernel_size=2)
            features = block(features)
            skips.append(features)
        for level in reversed(range(len(self.decoder))):
            features = functional.interpolate(features, scale_factor=2.0, mode="bilinear", align_corners=False)
            features = self.decoder[level](torch.cat((skips[level], features), dim=1))
        logits: Tensor = self.head(features)
        if self.stem_stride == 2:
            logits = functional.interpolate(logits, scale_factor=2.0, mode="bilinear", align_corners=False)
        return logits

    def _input_interval(self, pixel: int) -> tuple[int, int]:
        """Return the first and last input row (unbounded image) that an output row depends on."""
        low, high = pixel, pixel
        if self.stem_stride == 2:
            low, high = _upsampled_from(low, high)
        reached: list[tuple[int, int]] = []
        for _ in self.decoder:  # finest to coarsest: what each level's encoder output must supply
            low, high = low - 1, high + 1
            reached.append((low, high))
            low, high = _upsampled_from(low, high)
        for level in reversed(range(len(self.widths))):
            if level < len(reached):
                low, high = min(low, reached[level][0]), max(high, reached[level][1])
            low, high = low - 1, high + 1
            stride = self.stem_stride if level == 0 else 1
            low, high = stride * low - 1, stride * high + 1
            if level > 0:
                low, high = 2 * low, 2 * high + 1
        return low, high


def _upsampled_from(low: int, high: int) -> tuple[int, int]:
    """Return the rows from which rows low to high of a bilinear x2 upsampling (half-pixel centres) are computed."""
    return (low - 1) // 2, (high + 1) // 2

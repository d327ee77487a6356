"""What the losses are checked against: numpy in double precision, plain and slow, straight from the formulas."""

import numpy as np


def log_softmax(logits, axis=-1):
    shifted = logits - logits.max(axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis, keepdims=True))


def softmax(logits, axis=-1):
    return np.exp(log_softmax(logits, axis))


def divergence(teacher, student):
    """KL(softmax(teacher) || softmax(student)) of two vectors of logits, in nats."""
    p, q = log_softmax(teacher), log_softmax(student)
    return float((np.exp(p) * (p - q)).sum())


def cosine(one, other):
    lengths = np.linalg.norm(one) * np.linalg.norm(other)
    return float(one @ other / lengths) if lengths else 0.0


def cosines(samples):
    return np.array([[cosine(a, b) for b in samples] for a in samples])


def pearson(one, other, share=None):
    share = np.full(len(one), 1 / len(one)) if share is None else share / share.sum()
    one, other = one - share @ one, other - share @ other
    return float(share @ (one * other) / np.sqrt((share @ one**2) * (share @ other**2)))


def smooth_l1(difference):
    size = np.abs(difference)
    return np.where(size < 1, size**2 / 2, size - 0.5)


def bins(length, parts):
    """Where adaptive pooling begins and ends each part of a side."""
    return [(length * i // parts, -(-length * (i + 1) // parts)) for i in range(parts)]


def averaged(values, counts, size):
    """(N, C, h, w): means over the pixels of each part that count (0 where none does); and the share that counts."""
    n, channels, height, width = values.shape
    mean, share = np.zeros((n, channels, *size)), np.zeros((n, *size))
    for tile in range(n):
        for y, (top, bottom) in enumerate(bins(height, size[0])):
            for x, (left, right) in enumerate(bins(width, size[1])):
                inside = counts[tile, top:bottom, left:right]
                share[tile, y, x] = inside.mean()
                if inside.any():
                    mean[tile, :, y, x] = values[tile, :, top:bottom, left:right][:, inside].mean(1)
    return mean, share


def counting(values, mask):
    """The mask on the grid of `values`: a place counts where at least half of it does."""
    places = values.shape[:1] + values.shape[2:]
    if mask is None or mask.shape == places:
        return np.ones(places, bool) if mask is None else mask
    return averaged(mask[:, None].astype(float), np.ones_like(mask), places[1:])[0][:, 0] >= 0.5


def labels_on(grid, target):
    """The label nearest to the middle of each cell."""
    if target.shape[1:] == tuple(grid):
        return target
    rows, columns = (
        ((np.arange(cells) + 0.5) * pixels / cells).astype(int)
        for cells, pixels in zip(grid, target.shape[1:], strict=True)
    )
    return target[:, rows][:, :, columns]


def matched(student, teacher, mask):
    """Both sides on the smaller grid, and which places count there; what does not count is 0."""
    size = tuple(np.minimum(student.shape[2:], teacher.shape[2:]))
    sides = []
    for side in (student, teacher):
        counts = counting(side, mask)
        sides.append(averaged(side, counts, size)[0] if side.ndim == 4 else np.where(counts[:, None], side, 0))
    counts = counting(sides[0], mask)
    return *(np.where(counts[:, None], side, 0) for side in sides), counts


def rows(values, counts):
    """The places that count, one a row."""
    return np.moveaxis(values, 1, -1)[counts]


def samples(student, teacher, mask, grid):
    """Cells of at most grid x grid a tile in which anything counts, on both sides: (N, cells, C), and which count."""
    if student.ndim == 2:
        return student[:, None], teacher[:, None], counting(student, mask)[:, None]
    grid = min(grid, *student.shape[2:], *teacher.shape[2:])
    cells, known = [], True
    for side in (student, teacher):
        mean, share = averaged(side, counting(side, mask), (grid, grid))
        cells.append(np.moveaxis(mean, 1, -1).reshape(len(mean), grid * grid, -1))
        known = known & (share > 0).reshape(len(mean), -1)
    return *cells, known


def bilinear(values, size):
    """Values between the middles of pixels, those at the edge going on outwards."""
    for axis, cells in zip((2, 3), size, strict=True):
        pixels = values.shape[axis]
        at = np.clip((np.arange(cells) + 0.5) * pixels / cells - 0.5, 0, pixels - 1)
        before = np.floor(at).astype(int)
        after = np.minimum(before + 1, pixels - 1)
        share = (at - before).reshape([-1 if a == axis else 1 for a in range(4)])
        values = values.take(before, axis) * (1 - share) + values.take(after, axis) * share
    return values


def convolved(values, layer):
    """What a torch convolution with zeros around gives, in double precision."""
    weights, bias = (side.detach().numpy().astype(np.float64) for side in (layer.weight, layer.bias))
    reach = weights.shape[2] // 2
    padded = np.pad(values, ((0, 0), (0, 0), (reach, reach), (reach, reach)))
    height, width = values.shape[2:]
    total = bias[None, :, None, None]
    for dy, dx in np.ndindex(*weights.shape[2:]):
        total = total + np.einsum(
            "nchw,oc->nohw", padded[:, :, dy : dy + height, dx : dx + width], weights[:, :, dy, dx]
        )
    return total

"""What the student is taught by: plain functions of logits, one family a file.

All share one signature, `name(student, teacher, target=None, mask=None, *, options)`: logits (N, K, H, W) of both sides
(log-probabilities are logits too), `target` int64 (N, H, W) with 255 = not labelled, `mask` bool (N, H, W) with True =
counts. Each is a mean over the pixels that count, computed in float32 with autocast off, 0 with a gradient of 0 where
none counts, and never sends a gradient to the teacher.
"""

from rskd.distill.losses.response import cross_entropy, kd

__all__ = ["cross_entropy", "kd"]

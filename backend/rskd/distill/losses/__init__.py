"""What the student is taught by: plain functions of logits or features, one family a file.

All share one signature, `name(student, teacher, target=None, mask=None, *, options)`: logits (N, K, H, W) of both sides
(log-probabilities are logits too), features (N, C, H, W), embeddings (N, D), or lists of features for losses over
several levels; `target` int64 (N, H, W) with 255 = not labelled, `mask` bool (N, H, W) with True = counts. Each is a
mean over the pixels that count, computed in float32 with autocast off, 0 with a gradient of 0 where none counts, and
never sends a gradient to the teacher. Losses that learn something take it as `learned`.

A new loss is one file with one `@method(...)` function, and its name below.
"""

from rskd.distill.losses.attention import attention_transfer, class_activation
from rskd.distill.losses.correlation import dist
from rskd.distill.losses.cross_layer import deep_to_shallow, review, semckd
from rskd.distill.losses.decoupled import dkd, nkd
from rskd.distill.losses.feature import channel_wise, hint, ofd, pkd, spatial_wise
from rskd.distill.losses.generative import adversarial, mgd
from rskd.distill.losses.gram import channel_correlation, fsp, ranking
from rskd.distill.losses.localisation import angle_phase, bounded_box, box_distribution
from rskd.distill.losses.prototype import class_mean, ifvd, info_nce, prototype_contrast, triplet
from rskd.distill.losses.regions import attention, boundary, certainty, doubt, foreground
from rskd.distill.losses.relation import cc, cirkd, pairwise, pkt, rkd, similarity_preserving
from rskd.distill.losses.response import (
    cross_entropy,
    dml,
    kd,
    logit_standardised_kd,
    regression_l1,
    regression_mse,
)

__all__ = [
    "adversarial",
    "angle_phase",
    "attention",
    "attention_transfer",
    "boundary",
    "bounded_box",
    "box_distribution",
    "cc",
    "certainty",
    "channel_correlation",
    "channel_wise",
    "cirkd",
    "class_activation",
    "class_mean",
    "cross_entropy",
    "deep_to_shallow",
    "dist",
    "dkd",
    "dml",
    "doubt",
    "foreground",
    "fsp",
    "hint",
    "ifvd",
    "info_nce",
    "kd",
    "logit_standardised_kd",
    "mgd",
    "nkd",
    "ofd",
    "pairwise",
    "pkd",
    "pkt",
    "prototype_contrast",
    "ranking",
    "regression_l1",
    "regression_mse",
    "review",
    "rkd",
    "semckd",
    "similarity_preserving",
    "spatial_wise",
    "triplet",
]

import pytest

from rskd.models.lattice import tiling_of


def test_a_short_receptive_field_is_covered_by_the_margin():
    tiling = tiling_of(8, 51)  # 51 rounds up to 7 x 8
    assert (tiling.window, tiling.margin, tiling.overlap, tiling.stride, tiling.exact) == (512, 56, 0, 400, True)


@pytest.mark.parametrize("radius", [None, 215])
def test_a_wide_one_is_blended(radius):
    tiling = tiling_of(32, radius)
    assert (tiling.margin, tiling.overlap, tiling.stride, tiling.exact) == (32, 64, 384, False)


@pytest.mark.parametrize("multiple", [1, 8, 16, 32, 48])
@pytest.mark.parametrize("radius", [None, 3, 40])
def test_all_sizes_are_multiples(multiple, radius):
    tiling = tiling_of(multiple, radius, window=300)
    assert tiling.multiple == multiple
    assert not any(size % multiple for size in (tiling.window, tiling.margin, tiling.overlap // 2, tiling.stride))

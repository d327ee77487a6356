"""A small country to distil in seconds: two bands, and labels as a raster and as polygons."""

from osgeo import gdal, ogr, osr

WIDTH, HEIGHT = 192, 128
LEFT, TOP, PIXEL = 500_000, 6_000_000, 10


def write_ground(folder, name):
    """Writes `name.tif`, `name labels.tif` and `name labels.gpkg` (field `kind`)."""
    gdal.UseExceptions()
    ogr.UseExceptions()
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32633)
    image = [
        [[300 + 500 * _truth(r, c) + (7 * r + 3 * c) % 60 for c in range(WIDTH)] for r in range(HEIGHT)],
        [[2000 - 400 * _truth(r, c) + (3 * r + 5 * c) % 60 for c in range(WIDTH)] for r in range(HEIGHT)],
    ]
    _raster(folder / f"{name}.tif", image, gdal.GDT_UInt16, reference)
    labels = [[[1 + _truth(r, c) for c in range(WIDTH)] for r in range(HEIGHT)]]
    raster = _raster(folder / f"{name} labels.tif", labels, gdal.GDT_Byte, reference)
    file = ogr.GetDriverByName("GPKG").CreateDataSource(str(folder / f"{name} labels.gpkg"))
    layer = file.CreateLayer("labels", reference, ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("kind", ogr.OFTInteger))
    band = raster.GetRasterBand(1)
    gdal.Polygonize(band, None, layer, 0)
    del band, raster, layer, file


def _truth(row, column):
    if 20 <= column < 32 or 124 <= column < 140 or 160 <= column < 176:
        return 2
    return 1 if 40 <= row < 90 else 0


def _raster(path, bands, kind, reference):
    size = 2 if kind == gdal.GDT_UInt16 else 1
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), WIDTH, HEIGHT, len(bands), kind)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.SetGeoTransform((LEFT, PIXEL, 0, TOP, 0, -PIXEL))
    for number, rows in enumerate(bands, start=1):
        pixels = b"".join(value.to_bytes(size, "little") for row in rows for value in row)
        band = dataset.GetRasterBand(number)
        band.WriteRaster(0, 0, WIDTH, HEIGHT, pixels)
        del band
    dataset.FlushCache()
    return dataset

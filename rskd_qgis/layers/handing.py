"""Layers handed over to one job: their entries in its description, their secrets, and what must be written first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsMapLayer, QgsProviderRegistry, QgsRasterLayer, QgsReferencedRectangle, QgsVectorLayer

from .copying import Copy, is_temporary
from .export import Export
from .ground import metres_per_unit
from .sources import NO_NODATA, Source, raster_source, vector_source


class Handing:
    """Gathers `secrets` and `exports` while the description grows; main thread.

    Args:
        folder: for what must be written; it is made when it is needed.
        around: the area of the job; whole layers if None.
        gsd_m: ground sampling distance in metres of the job; the layers' own if None.
        copies: files that QGIS deletes when it closes are copied, unless `folder` is such too: the job could not be
            resumed without them.
    """

    def __init__(
        self,
        folder: Path,
        around: QgsReferencedRectangle | None = None,
        gsd_m: float | None = None,
        *,
        copies: bool = True,
    ) -> None:
        self._folder, self._around, self._gsd_m = folder, around, gsd_m
        self._copies = copies and not is_temporary(folder)
        self._written: list[Path] = []
        self.secrets: dict[str, str] = {}
        self.exports: list[Export | Copy] = []

    def raster(self, layer: QgsRasterLayer, name: str) -> dict[str, Any]:
        """An image layer as in a job's `layers:`; `name` is for its file. Raises LayerUnusable."""
        source = raster_source(layer, gsd_m=self._gsd_m, around=self._measured())
        entry: dict[str, Any] = {"path": self._path(layer, source, f"{name}.tif")}
        if self._gsd_m and comes_at_any_size(layer) and not source.must_be_written:
            entry["gsd"] = self._gsd_m
        # What the user has set in the layer's properties and the file does not say.
        given = (("crs", source.crs), ("nodata", source.nodata))
        return {**entry, **{key: value for key, value in given if value is not None}}

    def labels(self, layer: QgsMapLayer, field: str, ignore: list[Any]) -> dict[str, Any]:
        """As a job's `labels:`; `ignore` are values that mean “not labelled”. Raises LayerUnusable."""
        if not isinstance(layer, QgsVectorLayer):
            entry = self.class_map(layer, "labels")
        else:
            source = vector_source(layer)
            entry = {"path": self._path(layer, source, "labels.gpkg")}
            given = (("layer", source.layer), ("field", field), ("crs", source.crs))
            entry.update({key: value for key, value in given if value})
        ignored = [*ignore, *entry.pop("ignore", [])]
        return {**entry, "ignore": ignored} if ignored else entry

    def class_map(self, layer: QgsRasterLayer, name: str) -> dict[str, Any]:
        """A raster of classes with `crs` and `ignore`, where the user set them. Raises LayerUnusable."""
        source = raster_source(layer)
        entry: dict[str, Any] = {"path": self._path(layer, source, f"{name}.tif")}
        if source.crs:
            entry["crs"] = source.crs
        # Values that the user made nodata in the layer's properties stand for no class either.
        return {**entry, "ignore": [source.nodata]} if _leaves_out(source) else entry

    def bare_map(self, layer: QgsRasterLayer, name: str) -> str:
        """A raster of classes for a job that takes nothing but its path. Raises LayerUnusable."""
        source = raster_source(layer)
        return self._path(layer, source, f"{name}.tif", write=source.crs is not None or _leaves_out(source))

    def polygons(self, layer: QgsVectorLayer, name: str) -> str:
        """A polygon layer that says where to work. Raises LayerUnusable."""
        source = vector_source(layer)
        # The backend reads the first polygon layer of the file in its own CRS: whatever differs is written.
        write = source.crs is not None or (source.layer is not None and not _is_alone(layer))
        return self._path(layer, source, f"{name}.gpkg", write=write)

    def _path(self, layer: QgsMapLayer, source: Source, name: str, *, write: bool = False) -> str:
        """What GDAL opens; where it cannot open the layer itself, the file that it is written to."""
        file = Path(source.path)
        leaves = self._copies and is_temporary(file) and file.is_file()
        # A VRT names other files, by their place beside it.
        write = write or source.must_be_written or (leaves and source.path.lower().endswith(".vrt"))
        if not (write or leaves):
            return self._with_secrets(source)
        if not write:
            copy = Copy(layer.name(), file, self._destination(Path(name).with_suffix(file.suffix).name))
            self.exports.append(copy)
            return str(copy.destination)
        destination = self._destination(name)
        place = self._around
        if place is None:
            place = QgsReferencedRectangle(layer.extent(), layer.crs())
        gsd = None
        if self._gsd_m and place.crs().isValid() and not place.isEmpty():
            gsd = self._gsd_m / metres_per_unit(place.crs(), place)
        self.exports.append(Export(layer, destination, extent=self._around, crs=place.crs(), gsd=gsd))
        return str(destination)

    def _destination(self, name: str) -> Path:
        """Of a file to be written: one that no other layer has."""
        destination = self._folder / name
        while destination in self._written:
            destination = destination.with_name(f"{destination.stem}-2{destination.suffix}")
        self._written.append(destination)
        return destination

    def _measured(self) -> QgsReferencedRectangle | None:
        """The area, where it has a place on Earth."""
        around = self._around
        return None if around is None or around.isEmpty() or not around.crs().isValid() else around

    def _with_secrets(self, source: Source) -> str:
        """The path; a secret whose name another layer uses for another value gets a name of its own."""
        path = source.path
        for name, value in source.secrets.items():
            free = name
            while self.secrets.get(free, value) != value:
                free += "_"
            self.secrets[free] = value
            path = path.replace(f"{{secret:{name}}}", f"{{secret:{free}}}")
        return path


def comes_at_any_size(layer: QgsMapLayer) -> bool:
    """Whether a server draws the layer with pixels of the asked size, instead of pixels of its own."""
    return layer.providerType() in ("wms", "wcs")


def _leaves_out(source: Source) -> bool:
    """Whether the user gave a nodata value. That the file's own counts is no matter: it stands for no class."""
    return source.nodata not in (None, NO_NODATA)


def _is_alone(layer: QgsVectorLayer) -> bool:
    """Whether the file holds no other vector layer; the layer's provider knows but itself."""
    file = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())["path"]
    return sum(one.providerKey() == "ogr" for one in QgsProviderRegistry.instance().querySublayers(file)) <= 1

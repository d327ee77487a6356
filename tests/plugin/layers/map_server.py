"""A small tile, WMS, WMTS and WCS server, a process of its own: where QGIS waits for the network, Python stands still.

    python map_server.py FOLDER [user:password]     prints its port, then a line for each request

Tiles, WMS and WMTS show one picture, two by two tiles of level 3; the coverage is `elevation.tif` of the folder.
"""

import base64
import http.server
import sys
import urllib.parse
from pathlib import Path

from osgeo import gdal

gdal.UseExceptions()

SIDE = 20037508.342789244
LEVEL, TILE = 3, 256
LEFT, TOP = 0.0, SIDE / 2  # tiles x 4 and 5, y 2 and 3 of level 3
PIXEL = 2 * SIDE / (TILE * 2**LEVEL)
WIDTH = HEIGHT = 2 * TILE


def picture():
    """The picture as (red, green, blue, alpha) bytes, WIDTH x HEIGHT each; every pixel of it is different."""
    red = bytes(column // 2 for _ in range(HEIGHT) for column in range(WIDTH))
    green = bytes(row // 2 for row in range(HEIGHT) for _ in range(WIDTH))
    blue = bytes((column % 2) * 100 + (row % 2) * 50 for row in range(HEIGHT) for column in range(WIDTH))
    return red, green, blue, b"\xff" * (WIDTH * HEIGHT)


def write_picture(path):
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), WIDTH, HEIGHT, 4)
    dataset.SetProjection(web_mercator())
    dataset.SetGeoTransform((LEFT, PIXEL, 0, TOP, 0, -PIXEL))
    for index, band in enumerate(picture(), 1):
        dataset.GetRasterBand(index).WriteRaster(0, 0, WIDTH, HEIGHT, band)
    dataset.GetRasterBand(4).SetColorInterpretation(gdal.GCI_AlphaBand)
    dataset.FlushCache()


def web_mercator():
    from osgeo import osr

    system = osr.SpatialReference()
    system.ImportFromEPSG(3857)
    return system.ExportToWkt()


class Answers(http.server.BaseHTTPRequestHandler):
    folder = Path()
    login = ""

    def do_GET(self):
        say(f"{self.path} {self.headers.get('Referer', '')}")
        if self.path.startswith("/forbidden/"):
            self.send_response(403)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.login and self.headers.get("Authorization", "") != self.login:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="maps"')
            self.end_headers()
            return
        address = urllib.parse.urlsplit(self.path)
        asked = {key.upper(): value for key, value in urllib.parse.parse_qsl(address.query, keep_blank_values=True)}
        service = address.path.strip("/").split("/")
        answer = getattr(self, service[0], None)
        kind, body = answer(service[1:], asked) if answer else ("", b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass

    def tiles(self, parts, asked):
        level, column, row = (int(part.split(".")[0]) for part in parts)
        kind = parts[-1].split(".")[1]
        shift = LEVEL - level
        if shift < 0:
            return "", b""
        side = 2 * SIDE / 2**level
        left, top = -SIDE + column * side, SIDE - row * side
        middle_x, middle_y = (left + side / 2 - LEFT) / PIXEL, (TOP - top + side / 2) / PIXEL
        if shift == 0 and not (0 < middle_x < WIDTH and 0 < middle_y < HEIGHT):
            return "", b""
        return f"image/{kind}", self.cut(
            left, top, left + side, top - side, TILE, TILE, "JPEG" if kind == "jpg" else "PNG"
        )

    def wms(self, parts, asked):
        if asked.get("REQUEST") == "GetMap":
            xmin, ymin, xmax, ymax = (float(number) for number in asked["BBOX"].split(","))
            kind = "JPEG" if "jpeg" in asked["FORMAT"] else "PNG"
            size = int(asked["WIDTH"]), int(asked["HEIGHT"])
            return asked["FORMAT"], self.cut(xmin, ymax, xmax, ymin, *size, kind)
        return self.document("wms.xml")

    def wmts(self, parts, asked):
        if parts == ["WMTSCapabilities.xml"]:
            return self.document("wmts.xml")
        _, level, row, column = parts  # /wmts/tile/LEVEL/ROW/COLUMN.png
        return self.tiles([level, column.split(".")[0], f"{row}.png"], asked)

    def wcs(self, parts, asked):
        if asked.get("REQUEST") == "GetCapabilities":
            return self.document("wcs.xml")
        if asked.get("REQUEST") == "DescribeCoverage":
            return self.document("wcs_coverage.xml")
        xmin, ymin, xmax, ymax = (float(number) for number in asked["BBOX"].split(","))
        size = int(asked["WIDTH"]), int(asked["HEIGHT"])
        return "image/tiff", self.cut(xmin, ymax, xmax, ymin, *size, "GTiff", "elevation.tif")

    def document(self, name):
        template = (Path(__file__).parent / "answers" / name).read_text(encoding="utf-8")
        host = f"http://{self.headers['Host']}"
        return "text/xml", template.replace("HOST", host).encode()

    def cut(self, left, top, right, bottom, width, height, driver, name="picture.tif"):
        source = gdal.Open(str(self.folder / name))
        cut = gdal.Translate("", source, format="MEM", projWin=(left, top, right, bottom), width=width, height=height)
        if driver == "JPEG":
            cut = gdal.Translate("", cut, format="MEM", bandList=[1, 2, 3])
        place = f"/vsimem/{id(self)}"
        gdal.Translate(place, cut, format=driver, creationOptions=["QUALITY=100"] if driver == "JPEG" else [])
        file = gdal.VSIFOpenL(place, "rb")
        body = bytes(gdal.VSIFReadL(1, gdal.VSIStatL(place).size, file))
        gdal.VSIFCloseL(file)
        gdal.Unlink(place)
        return body


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main():
    Answers.folder = Path(sys.argv[1])
    write_picture(Answers.folder / "picture.tif")
    if len(sys.argv) > 2:
        Answers.login = "Basic " + base64.b64encode(sys.argv[2].encode()).decode()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    say(str(server.server_address[1]))
    server.serve_forever()


if __name__ == "__main__":
    main()

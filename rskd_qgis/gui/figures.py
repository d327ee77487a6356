"""Numbers with their units, as the user's language writes them."""

from __future__ import annotations

from datetime import date, datetime

from qgis.PyQt.QtCore import QCoreApplication, QDate, QLocale, Qt

translate = QCoreApplication.translate


def number(value: float, decimals: int = 0) -> str:
    """A plain number with so many decimals."""
    return QLocale().toString(float(value), "f", decimals)


def about(value: float) -> str:
    """A positive number with two digits that count, three where it is a hundred or more."""
    if value >= 100:
        return number(value)
    return number(value, 0 if value >= 10 else 1 if value >= 1 else 2)


def count(value: float) -> str:
    """A large count as it is said: “950”, “12 thousand”, “1.4 million”."""
    if value >= 999_500:
        return _whole(translate("Figures", "{} million"), about(value / 1e6))
    if value >= 10_000:
        return _whole(translate("Figures", "{} thousand"), about(value / 1e3))
    return number(value)


def megabytes(value: float) -> str:
    """A file's size."""
    if value >= 1000:
        return _whole(translate("Figures", "{} GB"), about(value / 1000))
    return _whole(translate("Figures", "{} MB"), about(value))


def megapixels(value: float) -> str:
    """A raster's size."""
    return _whole(translate("Figures", "{} megapixels"), about(value))


def area(square_metres: float) -> str:
    """A piece of ground: square metres below a hectare, hectares below a square kilometre."""
    if square_metres >= 1e6:
        return _whole(translate("Figures", "{} km²"), about(square_metres / 1e6))
    if square_metres >= 1e4:
        return _whole(translate("Figures", "{} ha"), about(square_metres / 1e4))
    return _whole(translate("Figures", "{} m²"), about(square_metres))


def percent(share: float) -> str:
    """A share of 1."""
    return _whole(translate("Figures", "{} %"), number(100 * share))


def share(part: float) -> str:
    """A part of a whole, small ones to a tenth of a per cent."""
    return _whole(translate("Figures", "{} %"), number(100 * part, 0 if part >= 0.095 or part == 0 else 1))


def times(ratio: float) -> str:
    """How many times: “16”, “6.9”, “1.2”."""
    return number(ratio, 0 if ratio >= 10 else 1)


def duration(seconds: float) -> str:
    """A time: seconds below a minute, minutes below an hour and a half, else hours; few minutes with a tenth."""
    if seconds < 59.5:
        return _whole(translate("Figures", "{} s"), about(max(seconds, 0.01)) if seconds < 10 else number(seconds))
    if seconds < 90 * 60:
        minutes = round(seconds / 60, 1)
        return _whole(translate("Figures", "{} min"), number(minutes, int(minutes < 10 and minutes % 1 > 0)))
    return _whole(translate("Figures", "{} h"), about(seconds / 3600))


def speed(milliseconds: float) -> str:
    """What a student takes for a megapixel."""
    if milliseconds >= 10_000:
        return _whole(translate("Figures", "{} s per megapixel"), about(milliseconds / 1000))
    return _whole(translate("Figures", "{} ms per megapixel"), about(milliseconds))


def measured_on(day: str) -> str:
    """What a measured speed is worth; `day` as YYYY-MM-DD, empty where nobody knows it."""
    written = QDate.fromString(day, Qt.DateFormat.ISODate)
    if not written.isValid():
        return translate("Figures", "As measured on this machine, beside whatever else was at work.")
    words = translate("Figures", "As measured on this machine on {}, beside whatever else was at work.")
    return words.format(QLocale().toString(written, QLocale.FormatType.ShortFormat))


def day(moment: datetime) -> str:
    """A day as one speaks of it: “today”, “yesterday”, else its date."""
    gone = (date.today() - moment.date()).days
    if gone == 0:
        return translate("Figures", "today")
    if gone == 1:
        return translate("Figures", "yesterday")
    written = QDate(moment.year, moment.month, moment.day)
    return QLocale().toString(written, QLocale.FormatType.ShortFormat)


def remaining(seconds: float) -> str:
    """A time that is still to come, never more exact than it can be known."""
    if seconds < 60:
        return translate("Figures", "less than a minute left")
    return translate("Figures", "about {} left").format(duration(seconds))


def _whole(words: str, said: str) -> str:
    """A number with its unit, which no line break parts."""
    return words.format(said).replace(" ", "\u00a0", 1)

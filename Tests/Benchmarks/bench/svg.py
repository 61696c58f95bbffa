"""Plots as SVG, written by hand: nobody needs a plotting library to see a line stay flat."""

from html import escape
from math import log10

WIDTH, HEIGHT = 440, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 44, 60
# Both kinds of page: whoever shows it asks for dark colours, or gets light ones.
STYLE = """\
text { font: 12px system-ui, sans-serif; fill: #222 }
.title { font-size: 14px; font-weight: 600 }
.note { fill: #555 }
.grid { stroke: #ddd }
.axis { stroke: #555 }
.line { fill: none; stroke: #1f6feb; stroke-width: 2 }
.dot { fill: #1f6feb }
.ground { fill: #fff }
@media (prefers-color-scheme: dark) {
    text { fill: #ddd } .note { fill: #aaa } .grid { stroke: #333 } .axis { stroke: #888 } .line { stroke: #6ea8fe }
    .dot { fill: #6ea8fe } .ground { fill: #161616 }
}"""


def wrapped(text, columns=64):
    """Lines of at most so many characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > columns:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def short(value):
    """1000 as 10³, others as they are."""
    power = round(log10(value)) if value > 0 else 0
    if value >= 1000 and abs(value - 10**power) < 1e-9 * value:
        return "10" + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(power))
    return f"{value:,.0f}"


class Plot:
    """One curve: a logarithmic axis to the right, a linear one from 0 upwards."""

    def __init__(self, title, x_label, y_label, points, note):
        self.title, self.x_label, self.y_label = title, x_label, y_label
        self.points = points
        self.note = note
        self.top = nice(max(y for _, y in points))
        self.low, self.high = log10(points[0][0]), log10(points[-1][0])

    def x(self, value):
        """Where a value is on the axis to the right."""
        span = (self.high - self.low) or 1
        return LEFT + (log10(value) - self.low) / span * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        """Where a value is on the axis upwards."""
        return HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)

    def draw(self, left, top):
        """The elements, moved to their place on the page."""
        bottom = HEIGHT - BOTTOM
        parts = [f'<g transform="translate({left} {top})">', f'<text class="title" x="{LEFT}" y="18">{escape(self.title)}</text>',
                 f'<text class="note" x="{LEFT}" y="34">{escape(self.y_label)}</text>']
        for step in range(5):
            value = self.top * step / 4
            parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{self.y(value):.1f}" y2="{self.y(value):.1f}"/>')
            parts.append(f'<text x="{LEFT - 8}" y="{self.y(value) + 4:.1f}" text-anchor="end">{value:,.4g}</text>')
        parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{bottom}" y2="{bottom}"/>')
        for value, _ in self.points:
            parts.append(f'<text x="{self.x(value):.1f}" y="{bottom + 16}" text-anchor="middle">{short(value)}</text>')
        parts.append(f'<text class="note" x="{WIDTH - RIGHT}" y="{bottom + 32}" text-anchor="end">{escape(self.x_label)}</text>')
        line = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in self.points)
        parts.append(f'<polyline class="line" points="{line}"/>')
        parts += [f'<circle class="dot" r="3" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}"/>' for x, y in self.points]
        for number, text in enumerate(wrapped(self.note)):
            parts.append(f'<text class="note" x="{LEFT - 40}" y="{bottom + 50 + 15 * number}">{escape(text)}</text>')
        return [*parts, "</g>"]


def nice(value):
    """The next of 1, 2, 5, 10 … at or above a value."""
    power = 10.0 ** int(log10(value)) if value >= 1 else 10.0 ** (int(log10(value)) - 1) if value > 0 else 1.0
    return next(step * power for step in (1, 2, 4, 8, 10, 20) if step * power >= value)


def page(title, note, plots):
    """A page of plots, two beside each other."""
    height_of_one = HEIGHT + 40
    height = 70 + height_of_one * -(-len(plots) // 2)
    width = 2 * WIDTH + 20
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
             f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>",
             f'<rect class="ground" width="{width}" height="{height}"/>',
             f'<text class="title" x="24" y="28">{escape(title)}</text>']
    parts += [f'<text class="note" x="24" y="{46 + 15 * number}">{escape(line)}</text>'
              for number, line in enumerate(wrapped(note, 120))]
    for number, plot in enumerate(plots):
        parts += plot.draw(number % 2 * (WIDTH + 20), 70 + number // 2 * height_of_one)
    return "\n".join([*parts, "</svg>"]) + "\n"

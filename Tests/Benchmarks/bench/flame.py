"""A flame graph as SVG: who called whom, each box as wide as its share of the samples. Names in full are in the tooltips."""

from html import escape

WIDTH, ROW, MARGIN, TOP = 1200, 17, 10, 52
# Narrower boxes are left out: nobody could see them.
LEAST = 1.2
CHARACTER = 6.7
# Light and dark pages alike: the page brings its own ground.
TITLES = {"nginx": "nginx", "back end": "artifactd", "postgres": "PostgreSQL"}
COLOURS = {"nginx": "#e9c46a", "back end": "#8ab6e8", "postgres": "#93c9a1", "kernel": "#e39b83", "all": "#cfcfcf"}
STYLE = """\
text { font: 11px ui-monospace, monospace; fill: #1b1b1b }
.head { font: 600 14px system-ui, sans-serif }
.note { font: 12px system-ui, sans-serif; fill: #555 }
rect.box { stroke: #fff; stroke-width: .6 }
g:hover > rect.box { stroke: #000 }"""


class Node:
    """A function below those that called it."""

    def __init__(self, name, kind):
        self.name, self.kind = name, kind
        self.count = 0
        self.children = {}

    def child(self, name, kind):
        """The one of that name, made where there is none."""
        return self.children.setdefault((name, kind), Node(name, kind))

    def depth(self, least):
        """Rows that this and what it called take."""
        return 1 + max((each.depth(least) for each in self.children.values() if each.count >= least), default=0)


def fold(stacks):
    """One tree of all stacks, the components beside each other."""
    root = Node("all", "all")
    for (component, *frames), count in stacks.items():
        node = root
        node.count += count
        for name, kind in [(TITLES[component], component), *((each.name, "kernel" if each.in_kernel else component) for each in frames)]:
            node = node.child(name, kind)
            node.count += count
    return root


def flame_graph(stacks, title, note):
    """The page."""
    root = fold(stacks)
    scale = (WIDTH - 2 * MARGIN) / root.count
    rows = root.depth(LEAST / scale)
    height = TOP + rows * ROW + MARGIN
    legend = "; ".join(("blue: artifactd", "green: PostgreSQL", "yellow: nginx", "red: the kernel for them"))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
             f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>",
             f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
             f'<text class="head" x="{MARGIN}" y="22">{escape(title)}</text>',
             f'<text class="note" x="{MARGIN}" y="40">{escape(note)} Colours: {legend}.</text>']
    draw(parts, root, MARGIN, height - MARGIN - ROW, scale, root.count)
    return "\n".join([*parts, "</svg>"]) + "\n"


def draw(parts, node, left, top, scale, everything):
    """A box, and above it what it called, the largest first."""
    width = node.count * scale
    if width < LEAST:
        return
    share = f"{escape(node.name)}: {100 * node.count / everything:.2f} %, {node.count:,} samples"
    box = f'<rect class="box" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{ROW}" fill="{COLOURS.get(node.kind, "#ccc")}"/>'
    label = fitting(node.name, int((width - 4) / CHARACTER))
    text = f'<text x="{left + 3:.1f}" y="{top + 12}">{escape(label)}</text>' if label else ""
    parts.append(f"<g><title>{share}</title>{box}{text}</g>")
    for each in sorted(node.children.values(), key=lambda child: (-child.count, child.name)):
        draw(parts, each, left, top - ROW, scale, everything)
        left += each.count * scale


def fitting(name, room):
    """As much of a name as there is room for; nothing where that would say nothing."""
    if len(name) <= room:
        return name
    return name[:room - 1] + "…" if room >= 4 else ""

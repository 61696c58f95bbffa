"""What a curve of costs says: how much ten times the data add."""

from math import log10

# What ten times the data may add to a request's cost, as a part of the cost of the least: a logarithm, or noise.
DEARER_A_DECADE = 0.20


def a_decade(points):
    """By what part of the first cost ten times the data make a request dearer, by a line through all points."""
    xs, ys = [log10(x) for x, _ in points], [y for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs)
    return slope / ys[0]


def is_steep(points):
    """Whether ten times the data cost more than they may."""
    return a_decade(points) > DEARER_A_DECADE


def sentence(what, points, errors):
    """What a curve says."""
    (first, begin), (last, end) = points[0], points[-1]
    grown = round(100 * a_decade(points))
    verdict = f"{'more than' if is_steep(points) else 'within'} the {100 * DEARER_A_DECADE:.0f} % that are allowed"
    text = (f"From {first:,} to {last:,} {what}, one request costs {begin:,.0f} µs to {end:,.0f} µs; ten times as many make it "
            f"{abs(grown)} % {'dearer' if grown >= 0 else 'cheaper'}, {verdict}.")
    return f"{text} {errors:,} wrong answers." if errors else text

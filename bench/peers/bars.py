"""The bars that chainring is held to beside its peers, and the table that says how it stands. Figures are a dict: name -> number;
one that was not measured is absent."""
import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Bar:
    what: str
    ours: str  # names of figures
    other: str | None  # None: the bar is one of ours alone
    bound: float
    sense: str  # "least": ratio >= bound, "most": ratio <= bound
    per: str = "ours"  # which of the two is divided by the other
    unit: str = "/s"
    beside: str = ""  # what `other` is

    def ratio(self, figures):
        """None when a figure is missing."""
        if self.ours not in figures or (self.other and self.other not in figures):
            return None
        if not self.other:
            return figures[self.ours]
        over, under = (self.ours, self.other) if self.per == "ours" else (self.other, self.ours)
        return figures[over] / figures[under] if figures[under] else None

    def holds(self, figures):
        """None when it is not known."""
        ratio = self.ratio(figures)
        return None if ratio is None else ratio >= self.bound if self.sense == "least" else ratio <= self.bound


HOT, MILLION = "one hot session", "1,000,000 chains"
BARS = [
    Bar(f"interpreter, compiled model, {HOT}", "compiled_hot", "scion_hot", 50, "least", beside="SCION"),
    Bar(f"interpreter, compiled model, {HOT}", "compiled_hot", "qt_hot", 500, "least", beside="Qt SCXML"),
    Bar(f"interpreter, compiled model, {HOT}", "compiled_hot", "switch_hot", 1 / 50, "least", beside="switch by hand"),
    Bar(f"interpreter, QuickJS model, {HOT}", "quickjs_hot", "scion_hot", 5, "least", beside="SCION"),
    Bar(f"interpreter, QuickJS model, {HOT}", "quickjs_hot", "quickjs_bare", 1 / 2, "least", beside="bare QuickJS calls"),
    Bar(f"step of a chain, {MILLION}", "chains_million", "erlang_million", 3, "least", beside="Erlang, 1,000,000 processes"),
    Bar(f"step of a chain, {MILLION}", "chains_million", "scion_crowd", 30, "least", beside="SCION, 10,000 sessions"),
    Bar(f"step of a chain, {MILLION}: cost", "chains_million", "bare_million", 4, "most", "other", beside="bare lane, a switch"),
    Bar(f"memory of a chain, {MILLION}", "chain_bytes", None, 768, "most", unit=" B"),
    Bar(f"memory of a chain, {MILLION}", "chain_bytes", "erlang_hibernated_bytes", 1, "most", unit=" B",
        beside="Erlang, hibernated with its timer"),
    Bar("create a chain", "chain_create_ns", None, 5_000, "most", unit=" ns"),
    Bar("document, parse to compiled", "compile_ns", "rapidxml_ns", 60, "most", unit=" ns", beside="RapidXML, parse alone"),
    Bar("document of 1 MiB, parse to compiled", "compile_large_ms", None, 100, "most", unit=" ms"),
    Bar("timer: insert, fire, a fifth cancelled", "wheel_ns", "caf_timer_ns", 10, "least", "other", " ns", "CAF delayed_send"),
    Bar("timer: insert, fire, a fifth cancelled", "wheel_ns", "asio_timer_ns", 2, "least", "other", " ns", "Asio steady_timer"),
    Bar(f"step of a chain, {MILLION}: cost", "chains_million", "chains_few", 3, "most", "other", beside="10,000 chains"),
    Bar("two lanes: events a second of wall time", "two_lanes_wall", "one_lane_wall", 1.7, "least", beside="one lane"),
    Bar("two lanes: cost of a step", "two_lanes", "chains_million", 1.2, "most", "other", beside="one lane"),
]

# What is measured beside the bars, to be read with them: (figure, what it is, unit).
ALSO = [
    ("scion_bound_hot", f"SCION, {HOT}, its code in a scope instead of a context", "/s"),
    ("scion_session_bytes", "SCION, memory of a session, 10,000 sessions", " B"),
    ("scion_create_ns", "SCION, create a session, 10,000 sessions", " ns"),
    ("erlang_hot", "Erlang, one hot process", "/s"),
    ("erlang_million_one", "Erlang, 1,000,000 processes, one scheduler", "/s"),
    ("erlang_million_two", "Erlang, 1,000,000 processes, two schedulers", "/s"),
    ("erlang_live_bytes", "Erlang, memory of a process with its timer", " B"),
    ("erlang_create_ns", "Erlang, create a process", " ns"),
]


def medians(rounds):
    """The median of each figure over the rounds that have it; of Erlang's one and two schedulers the better is what counts."""
    figures = {name: statistics.median(r[name] for r in rounds if name in r) for name in sorted({n for r in rounds for n in r})}
    better = [figures[name] for name in ("erlang_million_one", "erlang_million_two") if name in figures]
    return figures | ({"erlang_million": max(better)} if better else {})


def short(number):
    """Three digits that count."""
    for size, suffix in ((1e6, "M"), (1e3, "k")):
        if number >= 10 * size or (size == 1e6 and number >= size):
            return f"{number / size:.3g}{suffix}"
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def bound_text(bar):
    bound = f"1/{1 / bar.bound:.0f}" if bar.bound < 1 else f"{bar.bound:,.4g}"
    return ("≥ " if bar.sense == "least" else "≤ ") + bound + ("" if bar.other else bar.unit)


def row(bar, figures, judged=True):
    def cell(name):
        return short(figures[name]) + bar.unit if name in figures else "-"
    verdict = {None: "not measured", True: "pass", False: "falls short"}[bar.holds(figures)] if judged else ""
    ratio = bar.ratio(figures)
    return (bar.what, cell(bar.ours), bar.beside, cell(bar.other) if bar.other else "",
            short(ratio) if bar.other and ratio is not None else "", bound_text(bar), verdict)


def table(figures, judged=True):
    """Lines, with a verdict on each bar unless the figures mean nothing."""
    rows = [("what", "chainring", "beside", "", "ratio", "bar", "")] + [row(bar, figures, judged) for bar in BARS]
    widths = [max(len(r[n]) for r in rows) for n in range(len(rows[0]))]
    to_the_right = (1, 3, 4, 5)
    lines = ["  ".join(c.rjust(w) if n in to_the_right else c.ljust(w) for n, (c, w) in enumerate(zip(r, widths))).rstrip()
             for r in rows]
    also = [f"{what}: {short(figures[name])}{unit}" for name, what, unit in ALSO if name in figures]
    return lines + ([""] + also if also else [])


def summary(figures):
    """For a line of results: ratios by the two figures they are of, and the bars that are not met."""
    def name(bar):
        return f"{bar.ours}:{bar.other}" if bar.other else bar.ours
    known = [bar for bar in BARS if bar.holds(figures) is not None]
    return {"ratios": {name(bar): float(f"{bar.ratio(figures):.4g}") for bar in known if bar.other},
            "falls_short": [name(bar) for bar in known if not bar.holds(figures)],
            "not_measured": [name(bar) for bar in BARS if bar not in known]}

"""The arithmetic of bench/peers/bars.py: which way a ratio goes, what passes at the bar itself, and what is said of figures that
are missing."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "bench" / "peers"))
from bars import BARS, Bar, bound_text, medians, row, short, summary, table

RATE = Bar("rate", "a", "b", 50, "least")
COST = Bar("cost", "a", "b", 4, "most", "other")
FASTER = Bar("faster", "a", "b", 10, "least", "other", " ns")
ALONE = Bar("alone", "a", None, 768, "most", unit=" B")


class Ratios(unittest.TestCase):
    def test_a_rate_is_ours_to_the_other(self):
        self.assertEqual(RATE.ratio({"a": 100, "b": 2}), 50)
        self.assertTrue(RATE.holds({"a": 100, "b": 2}))
        self.assertFalse(RATE.holds({"a": 99.9, "b": 2}))

    def test_the_cost_of_a_step_is_the_other_rate_to_ours(self):
        self.assertEqual(COST.ratio({"a": 5, "b": 20}), 4)
        self.assertTrue(COST.holds({"a": 5, "b": 20}))
        self.assertFalse(COST.holds({"a": 4.9, "b": 20}))

    def test_times_faster_is_their_nanoseconds_to_ours(self):
        self.assertTrue(FASTER.holds({"a": 10, "b": 100}))
        self.assertFalse(FASTER.holds({"a": 100, "b": 10}))

    def test_a_figure_alone_is_its_own_ratio(self):
        self.assertTrue(ALONE.holds({"a": 768}))
        self.assertFalse(ALONE.holds({"a": 769}))

    def test_what_is_missing_or_nothing_is_not_known(self):
        for figures in ({}, {"a": 1}, {"b": 1}, {"a": 1, "b": 0}):
            self.assertIsNone(RATE.holds(figures))
        self.assertEqual(row(RATE, {"a": 1})[-1], "not measured")


class Medians(unittest.TestCase):
    def test_each_over_the_rounds_that_have_it(self):
        self.assertEqual(medians([{"a": 1, "b": 5}, {"a": 9}, {"a": 2}]), {"a": 2, "b": 5})

    def test_the_better_of_one_and_two_schedulers(self):
        self.assertEqual(medians([{"erlang_million_one": 7, "erlang_million_two": 5}])["erlang_million"], 7)
        self.assertEqual(medians([{"erlang_million_two": 5}])["erlang_million"], 5)


class Texts(unittest.TestCase):
    def test_numbers(self):
        for number, text in ((9_812_345, "9.81M"), (98_123, "98.1k"), (1_234, "1234"), (99.6, "99.6"), (0.0213, "0.0213")):
            self.assertEqual(short(number), text)

    def test_bounds(self):
        self.assertEqual([bound_text(b) for b in (RATE, COST, ALONE, Bar("", "a", "b", 1 / 50, "least"))],
                         ["≥ 50", "≤ 4", "≤ 768 B", "≥ 1/50"])

    def test_every_bar_has_a_line_with_its_verdict(self):
        figures = {bar.ours: 1.0 for bar in BARS} | {bar.other: 1.0 for bar in BARS if bar.other}
        lines = table(figures)[1:len(BARS) + 1]
        for bar, line in zip(BARS, lines):
            self.assertTrue(line.endswith("pass" if bar.holds(figures) else "falls short"), line)

    def test_no_verdict_on_figures_that_mean_nothing(self):
        figures = {bar.ours: 1.0 for bar in BARS} | {bar.other: 1.0 for bar in BARS if bar.other}
        said = "\n".join(table(figures, judged=False))
        self.assertNotIn("pass", said)
        self.assertNotIn("falls short", said)

    def test_a_summary_names_what_is_missing(self):
        said = summary({"chain_bytes": 1_000})
        self.assertEqual(said["falls_short"], ["chain_bytes"])
        self.assertEqual(said["ratios"], {})
        self.assertEqual(len(said["not_measured"]), len(BARS) - 1)


if __name__ == "__main__":
    unittest.main()

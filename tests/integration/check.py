"""chainring check on documents of other authors: the sample treatments and the conformance suites. Nothing but what is wrong is
an error, every description is JSON, and Graphviz draws every chart without a word."""
from harness import *
import shutil

# What the suites get wrong on purpose: a script that cannot be had, expressions and names that are none.
BAD = {"test301.txml.scxml", "assign_invalid.scxml", "data_invalid.scxml"} | {
    f"test{n}.txml.scxml" for n in (152, 156, 277, 309, 312, 313, 314, 344, 457, 487, 488, 528)}
OWN = sorted((HERE.parent.parent / "conf").glob("*/*.scxml")) + sorted(TREATMENTS.glob("*.scxml"))
CHART_OF_NAMES = """<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" name='"];}\\&lt;'>
<state id='a"]}&amp;lt;\\N'><transition event="e" cond='x == "\\"' target="é"><log label='\\'/></transition></state>
<parallel id="é"><transition event="*" target="é"/><state id="->"/><state><final/></state></parallel>
<transition event="e" target="é"/></scxml>
"""


def drawn(scratch, documents):
    """All charts at once through dot, which says nothing."""
    charts = scratch.run("check", "--dot", *documents, expect=None).stdout
    check(charts.count("\ndigraph ") + charts.startswith("digraph ") == len(documents), "a chart is missing")
    dot = shutil.which("dot")
    check(dot, "dot is missing: install graphviz")
    done = subprocess.run([dot, "-Tsvg"], input=charts, capture_output=True, text=True, timeout=300)
    check(done.returncode == 0 and not done.stderr, f"dot complains: {done.stderr[:2000]}")
    check(done.stdout.count("</svg>") == len(documents), "dot drew another number of charts")
    return done.stdout


def main():
    suite = pathlib.Path(sys.argv[2]).resolve()
    documents = sorted(suite.glob("**/*.scxml"))
    check(len(documents) > 300, f"{suite} is no conformance suite")
    with Scratch(program_argument()) as scratch:
        done = scratch.run("check", "--strict", *OWN)
        check(done.stderr == "" and done.stdout.count("can run") == len(OWN), f"a sample treatment is not spotless: {done.stderr}")

        told = [json.loads(line) for line in scratch.run("check", "--json", *documents, expect=1).stdout.splitlines()]
        check(len(told) == len(documents), "not every document was told of")
        for path, one in zip(documents, told):
            check(one["file"] == str(path), f"{path}: {one['file']} instead")
            check(one["ok"] == (path.name not in BAD), f"{path.name}: {one['complaints']}")
            check(one["ok"] == (one["errors"] == 0), f"{path.name}: contradicts itself")
            for complaint in one["complaints"]:
                check(complaint["line"] >= 1 and complaint["what"] and complaint["mend"], f"{path.name}: {complaint}")

        drawn(scratch, [path for path in documents if path.name != "test301.txml.scxml"])
        for path in OWN:  # each alone: between two charts Graphviz 2.43 frees a rank twice, if labels had to make it
            drawn(scratch, [path])
        names = drawn(scratch, [scratch.write("names.scxml", CHART_OF_NAMES)])
        check('a&quot;]}&amp;lt;\\N' in names and "é" in names, names)
    print(f"{len(documents)} documents of others, {len(OWN)} of our own")


main()

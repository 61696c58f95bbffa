"""The parts of deploy/bench that read what other programs print and write what people read."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from harness import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "Tests" / "Benchmarks"))

from bench import curve, document, perf, syscalls  # noqa: E402
from bench.errors import BenchError  # noqa: E402
from bench.flame import flame_graph  # noqa: E402

SCRIPT = """\
   41 \n\
\tffffffff8100 tcp_sendmsg+0x1f ([kernel.kallsyms])
\t    7f0000 __send (/usr/lib/libc.so.6)
\t    560000 [unknown] (/usr/sbin/nginx)
\t    560001 [unknown] (/usr/sbin/nginx)
\t    560002 main (/usr/sbin/nginx)
\t    7f0001 __libc_start_main@@GLIBC_2.34 (/usr/lib/libc.so.6)
\t    560003 _start (/usr/sbin/nginx)

   42 \n\
\t    560000 work (/opt/artifactd)
\tffffffffffffffff [unknown] ([unknown])

"""


def stacks_of(monkeypatch, text):
    done = subprocess.CompletedProcess([], 0, stdout=text, stderr="")
    monkeypatch.setattr(perf.subprocess, "run", lambda *_, **__: done)
    return perf.stacks("perf.data", {41: "nginx", 42: "back end"})


def test_stacks_begin_with_the_component_and_leave_out_how_programs_begin(monkeypatch):
    names = [(key[0], [each.name for each in key[1:]], key[-1].in_kernel) for key in stacks_of(monkeypatch, SCRIPT)]
    assert names == [("nginx", ["main", "[nginx]", "__send", "tcp_sendmsg"], True), ("back end", ["work"], False)]


def test_a_profile_of_nothing_is_an_error(monkeypatch):
    with pytest.raises(BenchError):
        stacks_of(monkeypatch, "\n")


def test_a_flame_graph_is_well_formed_and_names_are_escaped(monkeypatch):
    stacks = stacks_of(monkeypatch, SCRIPT.replace("work ", "Array<Int>.map&co "))
    page = ElementTree.fromstring(flame_graph(stacks, "a < b", "note"))
    titles = [element.text for element in page.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == "a < b"
    assert "all: 100.00 %, 2 samples" in titles and "Array<Int>.map&co: 50.00 %, 1 samples" in titles, titles


def test_system_calls_are_read_without_their_sum():
    text = "    calls syscall\n--------- ----------------\n     2013 recvfrom\n       12 futex\n--------- ----------------\n     2025 total\n"
    assert list(syscalls.counts(text)) == [("recvfrom", 2013), ("futex", 12)]


def test_only_what_is_between_the_markers_is_replaced(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("before\n<!-- a:begin -->\nold\n\\1 lines\n<!-- a:end -->\n<!-- b:begin -->\n<!-- b:end -->\n", encoding="utf-8")
    document.put_into(path, "a", "new \\g<1>\n")
    assert path.read_text(encoding="utf-8") == "before\n<!-- a:begin -->\nnew \\g<1>\n<!-- a:end -->\n<!-- b:begin -->\n<!-- b:end -->\n"
    with pytest.raises(BenchError):
        document.require_markers(path, "c")


@pytest.mark.parametrize("points, steep", [
    ([(1, 100), (10, 100), (100, 100)], False),
    ([(1, 100), (10, 115), (100, 130)], False),
    ([(1, 100), (10, 200), (100, 2000)], True),
])
def test_a_curve_that_grows_faster_than_a_logarithm_is_steep(points, steep):
    assert curve.is_steep(points) is steep
    assert ("more than" in curve.sentence("things", points, 0)) is steep

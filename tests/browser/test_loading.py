"""Nothing jumps while a page loads, wide or narrow."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser
#: the sum of what moved, each by how far and how much of the window; up to this is called good
GOOD = 0.1
MOVED = """
window.moved = []
new PerformanceObserver(seen => moved.push(...seen.getEntries())).observe({type: "layout-shift", buffered: true})
"""
JUMPS = """
moved.filter(shift => shift.value > 0.01).map(shift => [
    shift.value, ...shift.sources.map(each => [each.node?.className, each.previousRect.y, each.currentRect.y].join(" "))
])
"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/", "/claims?claim=wang-di-2025-04-opinion-shifting", "/data"])
def test_nothing_jumps(reader: Any, path: str, width: int) -> None:
    reader.open(path).close()
    page = reader.context.new_page()
    page.add_init_script(MOVED)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reader.site.url + path)
    reader.settle(page)
    page.wait_for_timeout(500)
    jumps = page.evaluate(JUMPS)
    assert sum(jump[0] for jump in jumps) < GOOD, jumps
    page.close()

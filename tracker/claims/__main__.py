"""``python -m tracker.claims`` lists the kinds of assertion: what each says, and its parameters."""

from tracker.claims import ASSERTIONS, parameters
from tracker.claims.checking import what
from tracker.language import gettext as _
from tracker.language import help_of

for kind, rule in ASSERTIONS.items():
    print(f"{kind}: {help_of(rule)}")
    for parameter in parameters(kind):
        default = _("required") if parameter.required else parameter.default
        print(f"    {parameter.name}: {what(parameter)}" + ("" if default is None else f" ({default})"))

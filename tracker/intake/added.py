"""What a form adds to the scales on record: a rating by the ends of its scale, a row for those who do not know."""

from collections.abc import Iterable, Mapping

from tracker.intake import kinds
from tracker.intake.fields import FIELDS, fill
from tracker.intake.problems import Problem, Row
from tracker.language import gettext as _
from tracker.models import Recorded, Response, Scale

FORM = "form"
#: what a question gives as its scale where it gives the ends of a rating, ``low`` and ``high``, in its place
NUMERIC = "numeric"
#: the response that every scale takes
DONT_KNOW = "dont-know"


def read_row(table: type[Recorded], texts: Mapping[str, str], prefix: str, problems: list[Problem]) -> Row:
    """A row of a form, read as the cells of a file are; a column that the form does not have is blank."""
    row = Row(table, FORM, None, prefix)
    names = {field.name for field in FIELDS[table]}
    problems.extend(fill(row, dict.fromkeys(names, "") | {name: texts[name] for name in names & set(texts)}))
    return row


class Added:
    """The scales that there are, and those and their responses that a form adds."""

    def __init__(self, scales: Iterable[Row], responses: Iterable[Row]) -> None:
        self.scales = {row["id"]: row for row in scales}
        self.responses = list(responses)
        self.waiting: list[Row] = []

    def polarities(self, scale: str) -> dict[str, str]:
        """The polarity of each response of a scale."""
        return {row["response"]: row["polarity"] for row in self.responses if row["scale"] == scale}

    def numeric(self, texts: Mapping[str, str], prefix: str, problems: list[Problem]) -> str:
        """The id of the rating with these ends, which is added where there is none."""
        ends = {end: texts.get(end, "") for end in ("low", "high")}
        name = kinds.slugged("rating-{low}-to-{high}".format_map(ends).replace("-to--", "-to-minus-"))
        told = "Rating, {low} to {high}".format_map(ends)
        row = read_row(Scale, {"id": name, "name": told, **ends}, prefix, problems)
        for end in ends:
            if row[end] is None:
                problems.append(row.error(end, _("is blank"), _("fill in both ends of the scale")))
        held = next((each for each in self.scales.values() if self._same(each, row)), None)
        if held is None:
            self.scales[name] = row
            self.waiting.append(row)
            self._respond(name, "mean", "mean", "Mean rating", problems)
        return str((held or row)["id"])

    def _same(self, held: Row, row: Row) -> bool:
        return [held["low"], held["high"]] == [row["low"], row["high"]] and "mean" in self.polarities(
            held["id"]
        ).values()

    def unsure(self, scale: str, problems: list[Problem]) -> None:
        """Whoever did not know has a row on every scale."""
        if scale in self.scales and "unsure" not in self.polarities(scale).values():
            self._respond(scale, DONT_KNOW, "unsure", "Don't know", problems)

    def _respond(self, scale: str, response: str, polarity: str, name: str, problems: list[Problem]) -> None:
        place = max((row["position"] for row in self.responses if row["scale"] == scale), default=0) + 1
        cells = {"scale": scale, "response": response, "polarity": polarity, "name": name, "position": str(place)}
        row = read_row(Response, cells, "", problems)
        self.responses.append(row)
        self.waiting.append(row)

    def new(self) -> list[Row]:
        """What was added since this was last asked."""
        found, self.waiting = self.waiting, []
        return found

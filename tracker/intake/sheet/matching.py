"""The columns of a sheet by what they mean, whatever they are called."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tracker import disclosure
from tracker.intake.fields import FIELDS
from tracker.intake.form import Known
from tracker.intake.kinds import slugged
from tracker.intake.problems import nearest
from tracker.models import Poll, Question, Response

#: columns of the wide form that only repeat what an id says
REPEATED = ("pollster_name", "population_name", "subject_name", "scale_name", "low", "high")
#: what other people call a column; read without case, accents and signs
ALIASES: dict[str, str] = {
    "question": "question-id id-de-la-question",
    "poll": "poll-id survey survey-id id-du-sondage",
    "pollster": "pollster-name polling-firm firm house organisation organization agency maison sondeur institut firme",
    "sponsor": "client commissioner commissioned-by for commanditaire",
    "population": "population-name universe respondents who country-surveyed population-interrogee",
    "subject": "subject-name target country-rated about sujet objet",
    "construct": "concept measure topic",
    "scale": "scale-name answer-scale echelle",
    "field_start": "start start-date from first-day fieldwork-start begin debut date-de-debut",
    "field_end": "end end-date to last-day fieldwork-end fin date-de-fin date last-date-of-polling",
    "sample_size": "sample n interviews size respondents-n echantillon taille",
    "margin_of_error": "margin moe marge marge-d-erreur",
    "mode": "method polling-method methodology methode",
    "sample_type": "type-of-sample sampling",
    "wording": "question-text question-wording text libelle",
    "base": "base-unweighted asked",
    "published": "release release-date publication-date date-published publie",
    "source_url": "link url source source-link lien",
    "source_title": "title source-name titre",
    "note": "notes comment comments remarque",
    "funder": "funded-by finance-par",
    "frame": "panel sampling-frame base-de-sondage",
    "selection_method": "recruitment selection recrutement",
    "weighting_variables": "weighted-by weighting variables-de-ponderation",
    "report_url": "report full-report rapport",
    "favourable": "favorable fav positive-view favorables avis-favorable",
    "unfavourable": "unfavorable unfav negative-view defavorable avis-defavorable",
    "dont-know": "don-t-know dk unsure undecided not-sure no-opinion ne-sait-pas nsp indecis",
    "mean": "average score moyenne",
}
#: how alike a name must be to be taken for another
ALIKE = 0.84


@dataclass(frozen=True)
class Match:
    """A column of the sheet and what it was taken for: by its ``name``, a known ``alias``, a ``likeness``, because
    somebody ``chose`` it; None where it was taken for nothing."""

    header: str
    column: str | None
    how: str


def matched(header: Iterable[str], known: Known, chosen: Mapping[str, str | None] | None = None) -> list[Match]:
    """What each column of a sheet means; of two for the same, the better match has it, then the first.

    ``chosen`` maps a header to a column of the wide form, or to None to leave it out.
    """
    names, found = targets(known), [Match(text, None, "") for text in header]
    for how, meant in _ways(names, chosen or {}):
        for place, match in enumerate(found):
            column = meant(match.header) if match.column is None and match.header else None
            if column and column not in {other.column for other in found}:
                found[place] = Match(match.header, column, how)
    left_out = [text for text, column in (chosen or {}).items() if column is None]
    return [Match(m.header, None, "chosen") if m.header in left_out else m for m in found]


def targets(known: Known) -> dict[str, str]:
    """Every column that a sheet may have, by its name as it is compared."""
    of_poll = [field.name for field in FIELDS[Poll] if field.name not in ("id", "note")]
    of_question = [field.name for field in FIELDS[Question] if field.name not in ("id", "poll")]
    fixed = dict.fromkeys(("question", "poll", *of_poll, *of_question, "poll_note", *REPEATED, *disclosure.FIELDS))
    responses = dict.fromkeys(row["response"] for row in known.rows[Response])
    return {slugged(name): name for name in (*fixed, *(name for name in responses if name not in fixed))}


def _ways(
    names: Mapping[str, str], chosen: Mapping[str, str | None]
) -> Iterator[tuple[str, Callable[[str], str | None]]]:
    aliases = {alias: column for column, others in ALIASES.items() for alias in others.split()}
    yield "chosen", chosen.get
    yield "name", lambda text: names.get(slugged(text)) or names.get(slugged(text).removesuffix("-response"))
    yield "alias", lambda text: aliases.get(slugged(text))
    yield "likeness", lambda text: names.get(nearest(slugged(text), list(names), ALIKE) or "")

/** Pages of a cut's frozen rows, as the database writes them: read where they are counted, which is not the thread that answers requests. */
import type { AcuteEventValues, AssessmentValues, DrugClassValues, JourneyValues } from "../../national/to-national-rows.ts";
import type { CutJourney } from "../cut-journey.ts";

/** JSON of one page, in the order of the journeys' numbers. */
export type FrozenPage = string;

/** Of the journey with this number in the cut. */
type At<Row> = Row & { readonly at: number };

/** What a page says. Each column was checked by the database when the row was frozen. */
interface PageRows {
  readonly journeys: readonly At<JourneyValues>[];
  readonly assessments: readonly At<AssessmentValues>[];
  readonly acuteEvents: readonly At<AcuteEventValues>[];
  readonly drugs: readonly At<DrugClassValues>[];
}

/** @throws SyntaxError for text that is no page */
export function readFrozenPage(text: FrozenPage): readonly CutJourney[] {
  const page: PageRows = JSON.parse(text);
  const [assessments, acuteEvents, drugs] = [byJourney(page.assessments), byJourney(page.acuteEvents), byJourney(page.drugs)];
  return page.journeys.map(({ at, ...row }) => ({
    row,
    assessments: assessments.get(at) ?? [],
    acuteEvents: acuteEvents.get(at) ?? [],
    drugs: drugs.get(at) ?? [],
  }));
}

function byJourney<Row extends object>(rows: readonly At<Row>[]): ReadonlyMap<number, readonly Omit<At<Row>, "at">[]> {
  const found = new Map<number, Omit<At<Row>, "at">[]>();
  for (const { at, ...row } of rows) {
    const others = found.get(at);
    if (others === undefined) found.set(at, [row]);
    else others.push(row);
  }
  return found;
}

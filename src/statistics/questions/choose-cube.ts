/** Which cube answers: of the cut that was named or is in force, and of an audit year. */
import { GatewayError } from "../../errors/gateway-error.ts";
import type { Cut } from "../cuts/cut.ts";
import type { CutCubeReader, PublishedCuts } from "../cuts/cut-ports.ts";

export interface ChosenCube {
  readonly cut: Cut;
  readonly auditYear: number;
  readonly cube: CutCubeReader;
}

export interface CubeChoice {
  /** Null: the one in force. */
  readonly cutId: string | null;
  /** Null: the latest. */
  readonly auditYear: number | null;
}

/**
 * Whether a cut was withdrawn is asked each time.
 * @param years null: of any
 * @throws GatewayError NOT_FOUND, CUT_WITHDRAWN, NOT_PUBLISHED where no cut is in force or it has no cube of the year, FORBIDDEN where it has
 * none of the years
 */
export async function chooseCube(
  published: Pick<PublishedCuts, "find" | "inForce" | "reader">,
  { cutId, auditYear: asked }: CubeChoice,
  years: readonly number[] | null,
): Promise<ChosenCube> {
  const cut = await findCut(published, cutId);
  const ofCut = cut.cubes.map((cube) => cube.auditYear);
  const permitted = years === null ? ofCut : ofCut.filter((year) => years.includes(year));
  const auditYear = asked ?? permitted.toSorted((a, b) => a - b).at(-1);
  if (auditYear === undefined && ofCut.length > 0)
    throw new GatewayError("FORBIDDEN", "The agreement has none of the audit years of the cut.", {
      details: { refusals: ["PERIOD_NOT_PERMITTED"] },
    });
  const cube = auditYear === undefined ? null : await published.reader(cut.id, auditYear);
  if (auditYear === undefined || cube === null)
    throw new GatewayError("NOT_PUBLISHED", "The cut has no published tables of this audit year.", {
      details: { auditYears: ofCut },
    });
  return { cut, auditYear, cube };
}

async function findCut(published: Pick<PublishedCuts, "find" | "inForce">, cutId: string | null): Promise<Cut> {
  const cut = cutId === null ? await published.inForce() : await published.find(cutId);
  if (cut === null && cutId === null)
    throw new GatewayError("NOT_PUBLISHED", "No cut is in force.", { details: { auditYears: [] } });
  if (cut === null) throw new GatewayError("NOT_FOUND", "There is no such cut.");
  if (cut.state === "WITHDRAWN") throw new GatewayError("CUT_WITHDRAWN", "The cut was withdrawn.");
  return cut;
}

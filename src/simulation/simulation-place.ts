/** How far a simulation has come, as the opaque cursor of its pages. Whoever alters one sees nothing but what the token shows anyway. */
import { z } from "zod";
import { GatewayError } from "../errors/gateway-error.ts";

const count = z.int().nonnegative();
const place = z.discriminatedUnion("part", [
  z.strictObject({
    part: z.literal("RECORDS"),
    /** Of the list of submissions: the last one that was read to its end. */
    after: z.string().max(200).nullable(),
    /** Inside the next one, where it is a file that was read in part. */
    within: z.strictObject({ submissionId: z.uuid(), entries: count, bytes: count, nextIndex: count }).nullable(),
  }),
  z.strictObject({ part: z.literal("EPISODES"), after: z.uuid().nullable() }),
]);

export type SimulationPlace = z.infer<typeof place>;
/** Inside a submission: how much of its input was judged, and the index of the record that comes next. */
export type PlaceWithin = NonNullable<Extract<SimulationPlace, { part: "RECORDS" }>["within"]>;

export const toSimulationCursor = (reached: SimulationPlace): string =>
  Buffer.from(JSON.stringify(reached)).toString("base64url");

/** @throws GatewayError BAD_USER_INPUT */
export function readSimulationCursor(cursor: string): SimulationPlace {
  const parsed = place.safeParse(parseJson(Buffer.from(cursor, "base64url").toString()));
  if (parsed.success) return parsed.data;
  throw new GatewayError("BAD_USER_INPUT", "The cursor is not one this simulation has given out.", {
    details: { path: "after" },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

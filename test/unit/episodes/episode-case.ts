/**
 * The labelled set of event pairs as data: the situations, each decided by hand with its reason, and the pairs they were spread to.
 * Both are committed; `episode-cases.test.ts` holds them to each other.
 */
import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";

const FOLDER = new URL("../../cases/episodes/", import.meta.url);

const isoDate = z.iso.date();
/** Mark and place of what decides the label: a page of NACR, the issue, a definition, a clinical situation. */
const decided = {
  label: z.enum(["SAME_EPISODE", "DIFFERENT_EPISODE"]),
  source: z.string().regex(/^(S|D|J) /),
  reason: z.string().min(20),
};

const spreadTreatment = z.strictObject({
  /** `AS_FIRST`: what the first event has, so that both say the same. */
  types: z.array(z.string()).min(1),
  after: z.enum(["OWN_EVENT", "OTHER_EVENT"]),
  days: z.int(),
});
const treatments = z.array(spreadTreatment).default([]);
const situation = z.strictObject({
  situation: z.string().regex(/^[a-z0-9-]+$/),
  ...decided,
  cases: z.int().min(1),
  organisations: z.enum(["SAME", "DIFFERENT"]),
  /** The two types must not be the same. */
  differentTypes: z.literal(true).optional(),
  first: z.strictObject({ types: z.array(z.string()).min(1), treatments }),
  /** `days` after the first event; null: the event has no date. */
  second: z.strictObject({
    types: z.array(z.string()).min(1),
    days: z.array(z.int().nullable()).min(1).optional(),
    treatments,
  }),
  /** Dates themselves, where the situation is about how they are written. */
  dates: z
    .array(z.tuple([isoDate, isoDate]))
    .min(1)
    .optional(),
});
export type Situation = z.infer<typeof situation>;

const event = z.strictObject({
  ods: z.string().regex(/^[A-Z0-9]{3,9}$/),
  programme: z.string(),
  id: z.string(),
  eventType: z.string(),
  eventDate: isoDate.nullable(),
  treatments: z.array(z.strictObject({ type: z.string(), date: isoDate.nullable() })),
});
const episodeCase = z.strictObject({ case: z.string(), ...decided, a: event, b: event });
export type EpisodeCase = z.infer<typeof episodeCase>;

/** Everything of one topic: the file's name without its ending, and what it holds. */
interface Topic<T> {
  readonly topic: string;
  readonly entries: readonly T[];
}

export const readSituations = (): readonly Topic<Situation>[] => readTopics(new URL("situations/", FOLDER), situation);
export const readEpisodeCases = (): readonly Topic<EpisodeCase>[] => readTopics(FOLDER, episodeCase);
export const caseFile = (topic: string): URL => new URL(`${topic}.json`, FOLDER);

function readTopics<T>(folder: URL, shape: z.ZodType<T>): readonly Topic<T>[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .toSorted()
    .map((file) => ({
      topic: file.slice(0, -".json".length),
      entries: parseEntries(file, shape, readFileSync(new URL(file, folder), "utf8")),
    }));
}

/** A file that does not fit the shape fails here, by name. */
function parseEntries<T>(file: string, shape: z.ZodType<T>, text: string): readonly T[] {
  const parsed = z.array(shape).min(1).safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

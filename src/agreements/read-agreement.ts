/** What people write into agreements, read: bounded, of the right form, and without what looks like an NHS number. */
import { GatewayError } from "../errors/gateway-error.ts";
import { parseCalendarDate } from "../lib/calendar-date.ts";
import type { FrameworkContract } from "./agreement.ts";
import { type Terms, termsSchema } from "./terms.ts";

const LONGEST_PROSE = 4_000;
const LONGEST_LINE = 200;
const CONTRACT_ID = /^DSFC-[A-Z0-9-]{3,40}$/;
/** Ten digits by themselves, in one piece or in groups of three, three and four: no patient belongs into an agreement. */
const LIKE_NHS_NUMBER = /(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)/;

const refuse = (path: string, message: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });

/** Of the form of terms; what stands against them is judged by the standards. @throws GatewayError BAD_USER_INPUT, as all here */
export function readTerms(input: unknown): Terms {
  const read = termsSchema.safeParse(input);
  if (!read.success) {
    const path = read.error.issues[0]?.path.map(String).join(".") ?? "";
    throw refuse(`terms.${path}`, "A text is empty or too long, a list too long, or a code is not of the form of one.");
  }
  const strayed = proseOf(read.data).find(([, text]) => LIKE_NHS_NUMBER.test(text));
  if (strayed !== undefined) throw refuse(`terms.${strayed[0]}`, "This holds ten digits, as an NHS number has: name no patient.");
  return read.data;
}

/** Texts in people's own words, by their paths; references of contracts and certificates may have any digits. */
const proseOf = ({ title, answers, purposes, people, parties, locations }: Terms): readonly (readonly [string, string])[] => [
  ["title", title],
  ...answers.map(({ answer }, index) => [`answers.${index}`, answer] as const),
  ...purposes.map(({ description }, index) => [`purposes.${index}.description`, description] as const),
  ...people.map(({ name }, index) => [`people.${index}.name`, name] as const),
  ...parties.map(({ name }, index) => [`parties.${index}.name`, name] as const),
  ...locations.map(({ site }, index) => [`locations.${index}.site`, site] as const),
];

/** Several sentences for people to read. */
export function readLongProse(path: string, text: string): string {
  const read = text.trim();
  if (read === "" || read.length > LONGEST_PROSE || !read.isWellFormed())
    throw refuse(path, `A text of 1 to ${LONGEST_PROSE} characters is needed.`);
  if (LIKE_NHS_NUMBER.test(read)) throw refuse(path, "This holds ten digits, as an NHS number has: name no patient.");
  return read;
}

export function readDay(path: string, text: string): string {
  if (parseCalendarDate(text) !== text) throw refuse(path, "A calendar date is needed: YYYY-MM-DD.");
  return text;
}

export function readContract({ id, organisation, signedOn, endsOn }: FrameworkContract): FrameworkContract {
  if (!CONTRACT_ID.test(id)) throw refuse("input.id", "A framework contract has an id such as DSFC-12345.");
  const name = organisation.trim();
  if (name === "" || name.length > LONGEST_LINE || !name.isWellFormed())
    throw refuse("input.organisation", "The organisation's name is needed.");
  const contract = {
    id,
    organisation: name,
    signedOn: readDay("input.signedOn", signedOn),
    endsOn: readDay("input.endsOn", endsOn),
  };
  if (contract.endsOn < contract.signedOn) throw refuse("input.endsOn", "A contract ends after it is signed.");
  return contract;
}

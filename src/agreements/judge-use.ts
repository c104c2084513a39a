/** Whether a use is within its agreement: which rows and columns it may see, or every reason why not. Pure. */
import type { Agreement } from "./agreement.ts";
import { isSuspended, placeInTerm, type SignedVersion, versionAt } from "./standing.ts";
import type { ProductClass, Terms } from "./terms.ts";

export const USE_REFUSALS = [
  "NOT_IN_FORCE",
  "OUT_OF_TERM",
  "SUSPENDED_BY_BREACH",
  "PERSON_NOT_NAMED",
  "PURPOSE_NOT_DECLARED",
  "PRODUCT_NOT_PERMITTED",
  "MEASURE_NOT_PERMITTED",
  "DIMENSION_NOT_PERMITTED",
  "FIELD_NOT_PERMITTED",
  "PERIOD_NOT_PERMITTED",
  "NATION_NOT_PERMITTED",
  "EVENT_GROUP_NOT_PERMITTED",
  "LOCATION_NOT_STATED",
  "LOCATION_NOT_PERMITTED",
] as const;
export type UseRefusal = (typeof USE_REFUSALS)[number];

/** What somebody wants to do under an agreement. What a list does not name is not asked for. */
export interface AgreementUse {
  /** `Actor.clientId`. */
  readonly person: string;
  /** As the agreement declares it, letter by letter. */
  readonly purpose: string;
  /** ISO instant. */
  readonly at: string;
  /** A look-up in the published cube is `AGGREGATED_SUPPRESSED`. */
  readonly product: ProductClass;
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
  /** Columns of an extract. */
  readonly fields: readonly string[];
  /** Rows that are asked for by name; without any, all that the agreement has. */
  readonly years: readonly number[];
  readonly nations: readonly string[];
  readonly eventGroups: readonly string[];
  /** Code of the place where what is handed out goes to; null: nothing leaves the gateway but an answer. */
  readonly location: string | null;
  /** Of what is there already: the version of the agreement that it was made under. It has all rows of that one, and its protection. */
  readonly madeUnder?: number;
}

/** What the use may see. An answer shows nothing of other rows, and shows them as it shows what is withheld. */
export interface Permission {
  readonly version: number;
  readonly profile: string | null;
  /** The JSON of a profile that the agreement brought. */
  readonly ownProfile: string | null;
  readonly rows: Pick<Terms, "years" | "nations" | "eventGroups">;
  readonly columns: Pick<Terms, "measures" | "dimensions" | "fields">;
  readonly extractFrequency: Terms["extractFrequency"];
}

export type UseJudgement =
  | { readonly permitted: true; readonly permission: Permission }
  | { readonly permitted: false; readonly refusals: readonly UseRefusal[] };

/** Anybody may have figures that were published; the others by their own class only. */
const permitsProduct = (agreed: Terms["productClass"], wanted: ProductClass): boolean =>
  wanted === agreed || wanted === "AGGREGATED_SUPPRESSED";

/** What is handed out goes to no place of back-ups alone. */
const isWorkedAt = ({ uses }: Terms["locations"][number]): boolean => uses.some((use) => use !== "BACKUP");

const areAll = <T>(asked: readonly T[], allowed: readonly T[]): boolean => asked.every((one) => allowed.includes(one));

export function judgeUse(agreement: Agreement, use: AgreementUse): UseJudgement {
  const version = versionAt(agreement, use.at);
  const made = agreement.versions.find(({ number }) => number === use.madeUnder)?.terms ?? null;
  const refusals = [...judgeStanding(agreement, version, use), ...(version === null ? [] : judgeTerms(version.terms, use, made))];
  if (version === null || refusals.length > 0) return { permitted: false, refusals };
  const { disclosureProfile, ownProfile, extractFrequency, years, nations, eventGroups, measures, dimensions, fields } =
    version.terms;
  return {
    permitted: true,
    permission: {
      version: version.number,
      profile: disclosureProfile,
      ownProfile,
      rows: { years, nations, eventGroups },
      columns: { measures, dimensions, fields },
      extractFrequency,
    },
  };
}

function judgeStanding(agreement: Agreement, version: SignedVersion | null, { at }: AgreementUse): UseRefusal[] {
  const refusals: UseRefusal[] = [];
  // One that ended otherwise is not in force, and within its term all the same.
  if (agreement.destroyedAt !== null || agreement.terminatedAt !== null) refusals.push("NOT_IN_FORCE");
  else if (version === null) refusals.push(isSignedForLater(agreement, at) ? "OUT_OF_TERM" : "NOT_IN_FORCE");
  else if (placeInTerm(version.term, at) === "AFTER") refusals.push("OUT_OF_TERM");
  if (isSuspended(agreement)) refusals.push("SUSPENDED_BY_BREACH");
  return refusals;
}

const isSignedForLater = ({ versions }: Agreement, at: string): boolean =>
  versions.some(({ state, signedAt }) => state === "SIGNED" && signedAt !== null && signedAt <= at);

/** Figures that were protected in another way than the agreement has it now are another product. */
const isProtectedAlike = (terms: Terms, made: Terms, product: ProductClass): boolean =>
  product !== "AGGREGATED_SMALL_NUMBERS" ||
  (made.disclosureProfile === terms.disclosureProfile && made.ownProfile === terms.ownProfile);

/**
 * By the order of the codes, so that the same use is refused in the same words.
 * @param made terms under which what is used was made; null: it is not made yet
 */
function judgeTerms(terms: Terms, use: AgreementUse, made: Terms | null): UseRefusal[] {
  const kept: Readonly<Partial<Record<UseRefusal, boolean>>> = {
    PERSON_NOT_NAMED: terms.people.some(({ clientId }) => clientId === use.person),
    PURPOSE_NOT_DECLARED: terms.purposes.some(({ code }) => code === use.purpose),
    PRODUCT_NOT_PERMITTED:
      permitsProduct(terms.productClass, use.product) && (made === null || isProtectedAlike(terms, made, use.product)),
    MEASURE_NOT_PERMITTED: areAll(use.measures, terms.measures),
    DIMENSION_NOT_PERMITTED: areAll(use.dimensions, terms.dimensions),
    FIELD_NOT_PERMITTED: areAll(use.fields, terms.fields),
    PERIOD_NOT_PERMITTED: areAll(use.years, terms.years),
    NATION_NOT_PERMITTED: areAll([...use.nations, ...(made?.nations ?? [])], terms.nations),
    EVENT_GROUP_NOT_PERMITTED: areAll([...use.eventGroups, ...(made?.eventGroups ?? [])], terms.eventGroups),
    LOCATION_NOT_STATED: use.product === "AGGREGATED_SUPPRESSED" || use.location !== null,
    LOCATION_NOT_PERMITTED:
      use.location === null || terms.locations.some((place) => place.code === use.location && isWorkedAt(place)),
  };
  return USE_REFUSALS.filter((refusal) => kept[refusal] === false);
}

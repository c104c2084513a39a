/**
 * What an agreement says: the part that executes (people, purposes, rows and columns, places, days) and the answers to the standards
 * (standards.ts). A version's terms never change once they are submitted; whatever is to be otherwise is an amendment.
 */
import { z } from "zod";

/** What may be handed out (dataset.md 10.1). Identifiable data are no class: an agreement for them cannot be written. */
export const PRODUCT_CLASSES = ["AGGREGATED_SUPPRESSED", "AGGREGATED_SMALL_NUMBERS", "PSEUDONYMISED_RECORD_LEVEL"] as const;
export type ProductClass = (typeof PRODUCT_CLASSES)[number];

/** How often an extract may be made. `NONE`: the agreement has look-ups only. */
export const EXTRACT_FREQUENCIES = ["NONE", "MONTHLY", "QUARTERLY_CUMULATIVE", "YEARLY"] as const;

export const PARTY_ROLES = ["CONTROLLER", "PROCESSOR"] as const;

/** Evidence that a party keeps data safely. `DSPT_APPROACHING`: with an approved improvement plan and a special condition only. */
export const SECURITY_ASSURANCES = [
  "DSPT_STANDARDS_MET",
  "DSPT_STANDARDS_EXCEEDED",
  "DSPT_APPROACHING",
  "SYSTEM_LEVEL_POLICY_REVIEWED",
  "ISO_27001",
] as const;

/** UK GDPR, Article 6(1). */
export const ARTICLE_6_BASES = [
  "A_CONSENT",
  "B_CONTRACT",
  "C_LEGAL_OBLIGATION",
  "D_VITAL",
  "E_PUBLIC_TASK",
  "F_LEGITIMATE",
] as const;
/** UK GDPR, Article 9(2): those that data on health can stand on. */
export const ARTICLE_9_BASES = ["A_CONSENT", "G_PUBLIC_INTEREST", "H_CARE", "I_PUBLIC_HEALTH", "J_RESEARCH"] as const;

export const LOCATION_USES = ["PROCESSING", "STORAGE", "BACKUP"] as const;
export const EMPLOYMENTS = ["SUBSTANTIVE", "HONORARY"] as const;

/** Longest lists and texts: what an agreement holds is read in one statement, at every use. */
const MOST_ENTRIES = 50;
const MOST_NAMES = 200;
const LONGEST_LINE = 200;
const LONGEST_ANSWER = 10_000;

/** Half a character is no text, and the database stores none. */
const text = z.string().refine((read) => read.isWellFormed() && !read.includes("\u0000"));
const line = text.trim().min(1).max(LONGEST_LINE);
/** What the agreement calls something by: parties, locations, purposes. */
const code = z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/);
/** A measure, dimension, field or code, as statistics name it. */
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_.]{0,59}$/);
/** Whatever is agreed: days of which terms can be reckoned. */
const day = z.iso.date().refine((read) => read >= "1900-01-01" && read <= "2199-12-31");
/** `Actor.clientId` of a person. */
const person = z.string().regex(/^[\w./:-]{1,100}$/);
const names = z.array(name).max(MOST_NAMES);

const partySchema = z.strictObject({
  code,
  name: line,
  role: z.enum(PARTY_ROLES),
  /** The framework contract it stands under: `DSFC-…`. */
  frameworkContract: line.nullable().default(null),
  security: z.enum(SECURITY_ASSURANCES).nullable().default(null),
  securityReference: line.nullable().default(null),
  securityEndsOn: day.nullable().default(null),
  /** The assurance covers the places of back-ups and disaster recovery. */
  securityCoversBackups: z.boolean(),
  /** Number in the register of fee payers of the Information Commissioner's Office, and the last day the fee is paid for. */
  icoRegistration: line.nullable().default(null),
  icoEndsOn: day.nullable().default(null),
  article6: z.enum(ARTICLE_6_BASES).nullable().default(null),
  article9: z.enum(ARTICLE_9_BASES).nullable().default(null),
  /** Of a processor: the controller's documented instructions. */
  instructions: line.nullable().default(null),
  /** Who signs for it. */
  signatory: person.nullable().default(null),
});

const locationSchema = z.strictObject({
  code,
  party: code,
  uses: z.array(z.enum(LOCATION_USES)).min(1).max(LOCATION_USES.length),
  /** Where it is, in words: `1 Demo Street, York`. */
  site: line,
  /** `GB-ENG`, `GB-WLS`, `GB-SCT`, `GB-NIR`, or ISO 3166 of another country. */
  country: z.string().regex(/^(GB-(ENG|WLS|SCT|NIR)|(?!GB)[A-Z]{2})$/),
});

const namedPersonSchema = z.strictObject({ clientId: person, name: line, party: code, employment: z.enum(EMPLOYMENTS) });
const purposeSchema = z.strictObject({ code, description: text.trim().min(1).max(1_000) });
/** To one question of a standard; YES or NO, a day, a choice or a text, as the question's kind says. */
const answerSchema = z.strictObject({ question: text.max(LONGEST_LINE), answer: text.trim().max(LONGEST_ANSWER) });

/** Of its JSON. */
const LONGEST_PROFILE = 2_000;

export const termsSchema = z.strictObject({
  title: line,
  /** Both days count, in London. */
  startsOn: day.nullable().default(null),
  endsOn: day.nullable().default(null),
  productClass: z.enum(PRODUCT_CLASSES).nullable().default(null),
  /** By name: how figures that are handed out are protected. */
  disclosureProfile: name.nullable().default(null),
  /** A profile that the agreement brings, as JSON (docs/statistics.md); `disclosureProfile` says its id. */
  ownProfile: z.string().trim().max(LONGEST_PROFILE).nullable().default(null),
  extractFrequency: z.enum(EXTRACT_FREQUENCIES),
  parties: z.array(partySchema).max(MOST_ENTRIES),
  locations: z.array(locationSchema).max(MOST_ENTRIES),
  people: z.array(namedPersonSchema).max(MOST_NAMES),
  purposes: z.array(purposeSchema).max(MOST_ENTRIES),
  /** What may be asked for; what is not named may not. */
  measures: names,
  dimensions: names,
  /** Columns of an extract: `journey.age`. */
  fields: names,
  /** Rows that may be seen: audit years by the year they begin in (2024: April 2024 to March 2025), nations, groups of events. */
  years: z.array(z.int().min(2000).max(2100)).max(MOST_NAMES),
  nations: names,
  eventGroups: names,
  answers: z.array(answerSchema).max(MOST_NAMES),
});

export type Party = z.infer<typeof partySchema>;
export type AgreementLocation = z.infer<typeof locationSchema>;
export type Terms = z.infer<typeof termsSchema>;

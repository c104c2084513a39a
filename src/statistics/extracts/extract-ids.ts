/**
 * Who is who inside one agreement: keyed digests under the agreement's own key (dataset.md, Decision 38). Without the key nothing leads from
 * them to the national pseudonym or to another agreement's; a cut's own numbers are in none of them.
 */
import type { CutJourney } from "../cut-journey.ts";

/** HMAC-SHA-256 under the agreement's key, as hexadecimal text. */
export type AgreementMac = (text: string) => string;

export interface ExtractIds {
  readonly patientId: string;
  readonly journeyId: string;
}

/** 128 bits: two of a hundred million alike once in 10^22. A digest of 64 digits in each row would be half of a file. */
const ID_DIGITS = 32;

/** Of the national pseudonym. */
export const patientIdOf = (mac: AgreementMac, pseudonym: string): string => mac(`patient/${pseudonym}`).slice(0, ID_DIGITS);

/**
 * Of journeys in the order of their cut. A journey is told by what tells an event in the dataset: the person, the month and the kind of
 * event; a second one that is alike in all three is the second in every extract of the cut. One for each reading.
 */
export function createIdentify(mac: AgreementMac): (journey: CutJourney) => ExtractIds {
  const seen = new Map<string, number>();
  return ({ row: { pseudonym, eventMonth, eventGroup } }) => {
    const first = mac(`journey/${pseudonym}/${eventMonth}/${eventGroup}`).slice(0, ID_DIGITS);
    const before = seen.get(first) ?? 0;
    seen.set(first, before + 1);
    return {
      patientId: patientIdOf(mac, pseudonym),
      journeyId: before === 0 ? first : mac(`journey/${first}/${before}`).slice(0, ID_DIGITS),
    };
  };
}

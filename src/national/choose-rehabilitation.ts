/** Which rehabilitation a journey counts for (assurance.md 4.3, item 0). */
import { keyOf } from "../episodes/link-words.ts";
import { compareText } from "../episodes/resolve-item.ts";
import type { FedRehabilitation } from "./fed-rows.ts";

export interface ChosenRehabilitation {
  readonly rehabilitation: FedRehabilitation;
  readonly referralDate: string | null;
}

/** After every ISO date. */
const NEVER = "~";

/**
 * The one with the earliest core start; where none has started, with the earliest referral; the first by the programme's code where that
 * leaves several. A journey belongs to one programme, whoever else worked with the patient.
 * @returns null where there is none
 */
export function chooseRehabilitation(
  rehabilitations: readonly FedRehabilitation[],
  referralOf: (rehabilitation: FedRehabilitation) => string | null,
): ChosenRehabilitation | null {
  const [first] = rehabilitations
    .map((rehabilitation) => ({ rehabilitation, referralDate: referralOf(rehabilitation) }))
    .toSorted((a, b) => compareText(orderOf(a), orderOf(b)));
  return first ?? null;
}

const orderOf = ({ rehabilitation, referralDate }: ChosenRehabilitation): string =>
  [rehabilitation.coreStartDate ?? NEVER, referralDate ?? NEVER, rehabilitation.programme ?? NEVER, keyOf(rehabilitation)].join(
    " ",
  );

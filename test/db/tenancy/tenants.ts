/** Organisations of a storm, and whose every id is: what tells a foreign row in an answer, whatever the answer's shape. */
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { actorOf } from "../stores/store-fixture.ts";

/** A patient as its organisation wrote it: ids to ask by, its own and its submission's. */
export interface Written {
  readonly patientId: string;
  readonly eventId: string;
  readonly submissionId: string;
  readonly sourceRecordId: string;
  /** Of the person: each organisation treats the persons 1, 2, 3 ..., so that every NHS number is known to many of them. */
  readonly person: number;
}

/** An organisation, what it has stored so far, and whom it acts as. */
export interface Tenant {
  readonly actor: OrganisationActor;
  readonly programme: string;
  readonly written: Written[];
  /** How many persons it has given a number so far. */
  persons: number;
}

/** Owner of what was written in a transaction that was given up: no answer may hold it. */
export const NOBODY = "nobody";

/** `ZT01`, `ZT02` ...: codes of no organisation, each with one programme. */
export function makeTenants(count: number): Tenant[] {
  return Array.from({ length: count }, (_, index) => {
    const ods = `ZT${String(index + 1).padStart(2, "0")}`;
    const programme = `CR-${ods}`;
    return { actor: actorOf(ods, programme), programme, written: [], persons: 0 };
  });
}

/** Ids, ODS codes and programme codes by their owner. */
export class Owners {
  readonly #owners = new Map<string, string>();

  constructor(tenants: readonly Tenant[]) {
    for (const { actor, programme } of tenants) this.note(actor.ods, [actor.ods, programme]);
  }

  note(owner: string, names: readonly string[]): void {
    for (const name of names) this.#owners.set(name, owner);
  }

  /** Names in an answer that are somebody else's, and how many there are that are the reader's own. */
  sort(reader: string, answer: unknown): { readonly own: number; readonly foreign: readonly string[] } {
    const foreign: string[] = [];
    let own = 0;
    const walk = (value: unknown): void => {
      if (typeof value === "string") {
        const owner = this.#owners.get(value);
        if (owner === reader) own += 1;
        else if (owner !== undefined) foreign.push(`${reader} was shown ${value} of ${owner}`);
      } else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) Object.values(value).forEach(walk);
    };
    walk(answer);
    return { own, foreign };
  }
}

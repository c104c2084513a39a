/** The writes of a storm: new patients with everything below them, and new versions of stored ones. */
import type { SeededRandom } from "../../../src/lib/seeded-random.ts";
import type { RowToWrite, SubmissionStore, UnitOfWork } from "../../../src/submission/ports.ts";
import { nextVersion, wholeTree, writeSet } from "../stores/store-fixture.ts";
import { NOBODY, type Owners, type Tenant, type Written } from "./tenants.ts";

/** What ends a unit of work on purpose. */
export class GivenUp extends Error {
  override name = "GivenUp";
}

/** Ids the statements of a tree go by; the store asks nothing of a write before it. */
const idOf = (tree: readonly RowToWrite[], type: string): string => tree.find(({ recordType }) => recordType === type)?.id ?? "";

/** Writes through the store of submissions, and notes whose every id is before it can be read. */
export class StormWriter {
  readonly #store: SubmissionStore;
  readonly #owners: Owners;
  readonly #random: SeededRandom;

  constructor(store: SubmissionStore, owners: Owners, random: SeededRandom) {
    this.#store = store;
    this.#owners = owners;
    this.#random = random;
  }

  /** @returns the header as stored. @throws GivenUp after everything was written, where it is to be given up */
  create(tenant: Tenant, givesUp: boolean): Promise<unknown> {
    const { actor, programme } = tenant;
    tenant.persons += 1;
    const person = tenant.persons;
    return this.#run(tenant, givesUp, async (unit) => {
      const tree = wholeTree(person, programme);
      const set = writeSet(actor, { created: tree });
      const patientId = idOf(tree, "PATIENT");
      const submissionId = set.submission.header.id;
      this.#owners.note(givesUp ? NOBODY : actor.ods, [...tree.map(({ id }) => id), submissionId]);
      const sourceRecordId = `canary-source-${patientId}`;
      return [
        await unit.write(set),
        { patientId, eventId: idOf(tree, "INITIATING_EVENT"), submissionId, sourceRecordId, person },
      ];
    });
  }

  /** @returns the rows as they were found, with the header. @throws GivenUp as `create` does */
  update(tenant: Tenant, givesUp: boolean): Promise<unknown> {
    const { patientId } = this.#random.pick(tenant.written);
    return this.#run(tenant, givesUp, async (unit) => {
      const found = await unit.findPatients([], [patientId]);
      const set = writeSet(tenant.actor, { updated: found.map((row) => nextVersion(row, {})) });
      this.#owners.note(givesUp ? NOBODY : tenant.actor.ods, [set.submission.header.id]);
      return [[found, await unit.write(set)], null];
    });
  }

  async #run(
    tenant: Tenant,
    givesUp: boolean,
    work: (unit: UnitOfWork) => Promise<readonly [answer: unknown, written: Written | null]>,
  ): Promise<unknown> {
    const [answer, written] = await this.#store.transaction(tenant.actor, async (unit) => {
      const done = await work(unit);
      if (givesUp) throw new GivenUp();
      return done;
    });
    if (written !== null) tenant.written.push(written);
    return answer;
  }
}

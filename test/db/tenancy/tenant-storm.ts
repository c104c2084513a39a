/**
 * Reads and writes of many organisations at once over one pool, through the real stores and through units of work without a condition of
 * their own; some are given up in the middle, and of some the backend is killed. Every answer is looked through for what is another's.
 */
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import { createKeyRing, type KeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import type { SeededRandom } from "../../../src/lib/seeded-random.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import type { Database } from "../../../src/persistence/database/database.ts";
import { createStatusStore } from "../../../src/persistence/status-store.ts";
import { createSubmissionStore } from "../../../src/persistence/submission-store.ts";
import { dictionary } from "../stores/store-fixture.ts";
import { createReads, type Read, type Stores } from "./storm-reads.ts";
import { GivenUp, StormWriter } from "./storm-writes.ts";
import { makeTenants, Owners, type Tenant } from "./tenants.ts";

interface StormOptions {
  readonly operations: number;
  /** Share of them that is given up in the middle. */
  readonly aborted: number;
  /** Ends a connection of the pool; called for a twentieth of the operations. Absent: no connection is ended. */
  readonly kill?: () => Promise<void>;
  /** What the operations run on. Default: what the storm was made with. */
  readonly database?: Database;
}

/** What a storm has shown, and how much of it there was. */
export interface StormReport {
  readonly foreign: readonly string[];
  /** Errors other than those a caller is told to come again with, by their text. */
  readonly faults: readonly string[];
  /** Names of the reader's own in all answers: a storm that shows nothing proves nothing. */
  readonly own: number;
  readonly done: {
    readonly reads: number;
    readonly writes: number;
    readonly aborted: number;
    readonly killed: number;
    readonly cut: number;
  };
}

/** More callers than the pool has connections. */
const IN_FLIGHT = 12;
const WRITES = 0.2;
const NEW_PATIENTS = 0.7;
const KILLS = 0.05;
const PERSONS_AT_FIRST = 2;
const COME_AGAIN: readonly string[] = ["DATABASE_UNAVAILABLE", "OVERLOADED"];

/** Organisations with a few patients each, over which storms go. */
export class TenantStorm {
  readonly tenants: readonly Tenant[];
  readonly owners: Owners;
  readonly #database: Database;
  readonly #random: SeededRandom;
  readonly #keys: KeyRing;

  constructor(database: Database, random: SeededRandom, tenants: number) {
    this.#database = database;
    this.#keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(database));
    this.#random = random;
    this.tenants = makeTenants(tenants);
    this.owners = new Owners(this.tenants);
  }

  /** Gives each organisation its first patients. */
  async prepare(): Promise<void> {
    const { submissions } = this.#storesOver(this.#database);
    const writer = new StormWriter(submissions, this.owners, this.#random);
    for (let person = 1; person <= PERSONS_AT_FIRST; person++)
      for (const tenant of this.tenants) await writer.create(tenant, false);
  }

  async run(options: StormOptions): Promise<StormReport> {
    const database = options.database ?? this.#database;
    const stores = this.#storesOver(database);
    const writer = new StormWriter(stores.submissions, this.owners, this.#random);
    const run = new StormRun(this, this.#random, options, writer, createReads(database, stores));
    let left = options.operations;
    const caller = async () => {
      while (left-- > 0) await run.operate();
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
    return run;
  }

  #storesOver(database: Database): Stores {
    const dependencies = { database, keys: this.#keys, dictionary };
    return { submissions: createSubmissionStore(dependencies), status: createStatusStore(dependencies) };
  }
}

class StormRun implements StormReport {
  readonly foreign: string[] = [];
  readonly faults: string[] = [];
  readonly done = { reads: 0, writes: 0, aborted: 0, killed: 0, cut: 0 };
  own = 0;
  readonly #storm: TenantStorm;
  readonly #random: SeededRandom;
  readonly #options: StormOptions;
  readonly #reads: readonly Read[];
  readonly #writer: StormWriter;

  constructor(storm: TenantStorm, random: SeededRandom, options: StormOptions, writer: StormWriter, reads: readonly Read[]) {
    this.#storm = storm;
    this.#random = random;
    this.#options = options;
    this.#writer = writer;
    this.#reads = reads;
  }

  async operate(): Promise<void> {
    const tenant = this.#random.pick(this.#storm.tenants);
    const givesUp = this.#random.next() < this.#options.aborted;
    const ended = this.#random.next() < KILLS ? this.#options.kill?.() : undefined;
    const answering = this.#random.next() < WRITES ? this.#write(tenant, givesUp) : this.#read(tenant, givesUp);
    await answering.catch((error: unknown) => this.#note(error));
    await ended;
    if (ended !== undefined) this.done.killed += 1;
  }

  async #write(tenant: Tenant, givesUp: boolean): Promise<void> {
    const isNew = this.#random.next() < NEW_PATIENTS;
    this.#look(tenant, await (isNew ? this.#writer.create(tenant, givesUp) : this.#writer.update(tenant, givesUp)));
    this.done.writes += 1;
  }

  /** What was read is looked through before the unit is given up: what it held counts, too. */
  async #read(tenant: Tenant, givesUp: boolean): Promise<void> {
    const other = this.#random.pick(this.#storm.tenants.filter((each) => each !== tenant));
    const look = (answer: unknown): void => {
      this.#look(tenant, answer);
      if (givesUp) throw new GivenUp();
    };
    const read = this.#random.pick(this.#reads);
    await read({ tenant, own: this.#random.pick(tenant.written), foreign: this.#random.pick(other.written), look });
    this.done.reads += 1;
  }

  #look(tenant: Tenant, answer: unknown): void {
    const { own, foreign } = this.#storm.owners.sort(tenant.actor.ods, answer);
    this.own += own;
    this.foreign.push(...foreign);
  }

  #note(error: unknown): void {
    if (error instanceof GivenUp) this.done.aborted += 1;
    else if (error instanceof GatewayError && COME_AGAIN.includes(error.code)) this.done.cut += 1;
    else this.faults.push(String(error));
  }
}

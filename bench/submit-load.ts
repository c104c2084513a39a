/** One round of `submitRecords`: bodies made before, answers checked after, only the requests timed. */

import { type GraphqlClient, sendAll } from "./graphql-client.ts";
import { cpuSeconds } from "./process-cpu.ts";
import {
  changePatients,
  checkSubmitRecords,
  type KindOfLoad,
  PATIENTS_PER_REQUEST,
  RECORDS_PER_REQUEST,
  samplePatients,
  toSubmitRecords,
} from "./sample-submissions.ts";
import { timed } from "./statistics.ts";

export interface SubmitRound {
  readonly ids: readonly string[];
  readonly seconds: number;
  readonly recordsPerSecond: number;
  /** Milliseconds of processor time for each request, by process. */
  readonly cpuMs: readonly number[];
}

export class SubmitLoad {
  readonly #surplus: number;
  readonly #inFlight: number;
  /** Processes whose processor time is counted. */
  readonly #pids: readonly number[];
  #nextPatient = 0;
  #latest: (readonly object[])[] = [];

  constructor(inFlight: number, pids: readonly number[], surplus: number) {
    this.#inFlight = inFlight;
    this.#pids = pids;
    this.#surplus = surplus;
  }

  /** `NEW`: patients nobody has sent before. `UNCHANGED`, `CHANGED`: those of the latest round once more. */
  async run(clients: readonly GraphqlClient[], kind: KindOfLoad, submissions: number): Promise<SubmitRound> {
    if (kind === "NEW") this.#latest = Array.from({ length: submissions }, () => this.#newPatients());
    if (kind === "CHANGED") this.#latest = this.#latest.map(changePatients);
    const bodies = this.#latest.slice(0, submissions).map((records) => toSubmitRecords(records));
    const before = await this.#readCpu();
    const { result: answers, seconds } = await timed(() => sendAll(clients, bodies, this.#inFlight));
    const after = await this.#readCpu();
    return {
      ids: answers.map((answer) => checkSubmitRecords(answer, kind, this.#surplus)),
      seconds,
      recordsPerSecond: (bodies.length * RECORDS_PER_REQUEST) / seconds,
      cpuMs: after.map((value, position) => ((value - (before[position] ?? 0)) * 1000) / bodies.length),
    };
  }

  #newPatients(): readonly object[] {
    const patients = samplePatients(this.#nextPatient);
    this.#nextPatient += PATIENTS_PER_REQUEST;
    return patients;
  }

  #readCpu(): Promise<readonly number[]> {
    return Promise.all(this.#pids.map(cpuSeconds));
  }
}

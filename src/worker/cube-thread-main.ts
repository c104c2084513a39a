/** The program of the cube's thread: makes one audit year and ends. Node runs this file itself by leaving the types out (ADR 0017). */
import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import type { FrozenPage } from "../statistics/cuts/frozen-page.ts";
import { makeYear } from "../statistics/cuts/make-year.ts";
import type { CubeReply, CubeTask, NextPage, RowsOf } from "./cube-words.ts";

async function run(port: NonNullable<typeof parentPort>, { auditYear, ledger }: CubeTask): Promise<void> {
  const say = (reply: CubeReply): void => port.postMessage(reply);
  async function* rowsOf(of: RowsOf): AsyncGenerator<FrozenPage> {
    for (;;) {
      const answered = once(port, "message");
      say({ kind: "more", of });
      const [next]: readonly NextPage[] = await answered;
      const page = next?.page ?? null;
      if (page === null) return;
      yield page;
    }
  }
  const previous = ledger === null ? null : { rows: rowsOf("BEFORE"), ledger };
  say({ kind: "made", made: await makeYear({ auditYear, rows: rowsOf("NOW"), previous }) });
  port.close();
}

if (parentPort !== null) await run(parentPort, workerData);

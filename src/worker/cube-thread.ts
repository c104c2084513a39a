/**
 * Cubes are made in a thread of their own: counting and repairing a year of 90,000 journeys is some ten seconds of work, and whoever is
 * answered by this process meanwhile, be it a worker's probe or, with the embedded database, every client, would wait for it.
 */
import { Worker } from "node:worker_threads";
import type { FrozenPage } from "../statistics/cuts/frozen-page.ts";
import type { MadeYear, MakeYear, YearSource } from "../statistics/cuts/make-year.ts";
import type { CubeReply, CubeTask, NextPage, RowsOf } from "./cube-words.ts";

const PROGRAM = new URL("./cube-thread-main.ts", import.meta.url);
/** Two years of a million journeys as columns, and the relations of 130,000 cells. Columns and figures are no part of it. */
const HEAP = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 1_024 } as const;

/** A thread for each year, so that what a year took is free again before the next. */
export const makeYearInThread: MakeYear = async ({ auditYear, rows, previous }: YearSource): Promise<MadeYear> => {
  const task: CubeTask = { auditYear, ledger: previous?.ledger ?? null };
  const worker = new Worker(PROGRAM, { execArgv: [], resourceLimits: HEAP, workerData: task });
  const pages: Readonly<Record<RowsOf, AsyncIterator<FrozenPage> | undefined>> = {
    NOW: rows[Symbol.asyncIterator](),
    BEFORE: previous?.rows[Symbol.asyncIterator](),
  };
  try {
    return await new Promise((resolve, reject) => {
      const hand = async (of: RowsOf): Promise<void> => {
        const next = await pages[of]?.next();
        const answer: NextPage = { page: next === undefined || next.done === true ? null : next.value };
        worker.postMessage(answer);
      };
      worker.on("message", (reply: CubeReply) => {
        if (reply.kind === "made") return resolve(reply.made);
        hand(reply.of).catch(reject);
      });
      worker.once("error", reject);
      worker.once("exit", () => reject(new Error("the cube's thread ended")));
    });
  } finally {
    await worker.terminate();
  }
};

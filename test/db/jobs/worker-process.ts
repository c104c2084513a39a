/**
 * A worker in a process of its own, for the test that kills it: `worker-process.ts <database url>` or `worker-process.ts <data folder>`.
 * Prints a line for each job it begins, and never ends one.
 */
import { openDatabase } from "../../../src/persistence/database/database.ts";
import { createWorker, jobOf, openTestQueue } from "./queue-fixture.ts";

const place = process.argv[2] ?? "";
const embedded = !place.startsWith("postgres");
const database = await openDatabase({ url: embedded ? null : place, dataDir: place });
const { queue, enqueue } = await openTestQueue(database);
if (embedded) await enqueue(jobOf("CR-A"));
await queue.start(
  createWorker(async ({ submissionId }) => {
    process.stdout.write(`${submissionId}\n`);
    await new Promise(() => undefined);
  }),
);

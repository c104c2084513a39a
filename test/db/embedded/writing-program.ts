/**
 * Writes submissions into a data folder for as long as it lives, and says the id of each on a line when it is acknowledged. Started
 * and killed by kill.test.ts. `too-early` is the fault that the test must find: it says so before the commit.
 */
import { setTimeout } from "node:timers/promises";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { openLocalKeyFile } from "../../../src/keys/local-key-file.ts";
import { createDataKeyStore, isUnkeyed } from "../../../src/persistence/database/data-key-store.ts";
import { openDatabase } from "../../../src/persistence/database/database.ts";
import { createSubmissionStore } from "../../../src/persistence/submission-store.ts";
import { actorOf, dictionary, wholeTree, writeSet } from "../stores/store-fixture.ts";

const [, , dataDir = "", manner = "", first = "1"] = process.argv;
const PATIENTS = 20;
const actor = actorOf("RAA", "P1");

const database = await openDatabase({ url: null, dataDir });
const keyManagement = await openLocalKeyFile(dataDir, await isUnkeyed(database));
const keys = createKeyRing(keyManagement, createDataKeyStore(database));
const submissions = createSubmissionStore({ database, keys, dictionary });
const acknowledge = (id: string): void => void process.stdout.write(`${id}\n`);

for (let seed = Number(first); ; seed += PATIENTS) {
  const created = Array.from({ length: PATIENTS }, (_, place) => wholeTree(seed + place, "P1")).flat();
  const set = writeSet(actor, { created });
  await submissions.transaction(actor, async (unit) => {
    await unit.write(set);
    if (manner !== "too-early") return;
    acknowledge(set.submission.header.id);
    await setTimeout(5_000);
  });
  acknowledge(set.submission.header.id);
}

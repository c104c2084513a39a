import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/persistence/database/database.ts";
import { FolderInUseError } from "../../../src/persistence/database/folder-lock.ts";
import { dictionary } from "../stores/store-fixture.ts";

const PROGRAM = fileURLToPath(new URL("./writing-program.ts", import.meta.url));
/** Of each submission: twenty patients, with one row of each record type below them. */
const PATIENTS = 20;
const RESULTS = PATIENTS * dictionary.recordTypes.length;
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "nacr-kill-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

interface Writing {
  readonly acknowledged: readonly string[];
  readonly manner: "as-it-is" | "too-early";
  readonly killAfter: number;
}

/** Lets it write and kills it, `killAfter` acknowledgements later, in the middle of whatever it does then. */
async function writeAndKill({ manner, killAfter, acknowledged }: Writing): Promise<readonly string[]> {
  const firstSeed = String(1 + acknowledged.length * 1_000);
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, dataDir, manner, firstSeed], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const ids: string[] = [];
  for await (const id of createInterface({ input: child.stdout })) {
    ids.push(id);
    if (ids.length === 1) await expect(openDatabase({ url: null, dataDir })).rejects.toThrow(FolderInUseError);
    // Half-way into the next one, as far as that can be told.
    if (ids.length === killAfter) setTimeout(() => child.kill("SIGKILL"), 15);
  }
  await ended;
  expect(child.signalCode).toBe("SIGKILL");
  return [...acknowledged, ...ids];
}

/** @returns the acknowledged submissions of which anything is missing */
async function findMissing(acknowledged: readonly string[]): Promise<readonly string[]> {
  const database = await openDatabase({ url: null, dataDir });
  const rows = await database.prisma.$queryRaw<{ id: string; patients: number; results: number }[]>`
    select s.id::text as id, (select count(*)::int from submission_record r where r.submission_id = s.id) as results,
      (select count(*)::int from patient p where p.submission_id = s.id) as patients from submission s`;
  const whole = new Set(rows.filter(({ patients, results }) => patients === PATIENTS && results === RESULTS).map(({ id }) => id));
  await database.close();
  expect(rows.length - whole.size, "submissions stored in part").toBe(0);
  return acknowledged.filter((id) => !whole.has(id));
}

describe("a gateway killed with -9 while it writes", { timeout: 240_000 }, () => {
  it("finds every acknowledged submission whole when the folder is opened again, three times over", async () => {
    let acknowledged: readonly string[] = [];
    for (const killAfter of [3, 9, 5]) {
      acknowledged = await writeAndKill({ manner: "as-it-is", killAfter, acknowledged });
      expect(await findMissing(acknowledged)).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(17);
  });

  it("control: one that acknowledges before it commits is found out", async () => {
    const acknowledged = await writeAndKill({ manner: "too-early", killAfter: 1, acknowledged: [] });
    expect(await findMissing(acknowledged)).toEqual(acknowledged);
  });
});

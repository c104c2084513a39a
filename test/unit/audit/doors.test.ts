/**
 * Every file that reaches rows of an organisation either writes entries of the audit trail in the transaction that does so, or is named
 * here with the reason why it need not. A new one that does neither fails.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const STORES = join(import.meta.dirname, "../../../src/persistence");

/** Opens a transaction over an organisation's rows. */
const REACHES = /\bwithRole\(|\breader\.read\(|createUnitRunner\(|new DatabaseUnit\(/;
const WRITES_ENTRY = /writeAuditEntr(y|ies)\(|readAudited\(|writeAccessEntries\(|bindSubmissionEntry\(/;

/** What needs no entry of its own. */
const REASONS: Readonly<Record<string, string>> = {
  "certificate-store.ts": "certificates of destruction: counts, no patient",
  "changes-since.ts": "the check of a cut against history, which is one entry",
  "cut-freezing.ts": "pseudonymous rows; the publication that asked for them is an entry",
  "cut-rows.ts": "pseudonymous rows; what they are read for is an entry: a publication, an extract",
  "client-store.ts": "clients, for their sign-in",
  "delivery-store.ts": "events of webhooks carry ids only",
  "envelope-store.ts": "read by downloads, replays and simulations, each of which is an entry",
  "event-status.ts": "events of programmes: ids and counts",
  "fhir-source-store.ts": "sources, not what they hold",
  "former-pseudonyms.ts": "the check of a cut against history, which is one entry",
  "inbox-store.ts": "the worker's own: what it writes, a submission writes",
  "job-store.ts": "progress of submissions, which have an entry from their acceptance on",
  "link-store.ts": "the linker's own: nobody is shown anything",
  "mapping-trend.ts": "counts of source fields",
  "merged-patients.ts": "ids; the records behind them are read one by one",
  "objection-carry-out.ts": "carries out what objection-store.ts has written down, by submissions of its own",
  "named-groups.ts": "the check of a cut against history, which is one entry",
  "open-breaches.ts": "how many there are",
  "patient-quintiles.ts": "the feed's own: one number from one to five for the national side",
  "people-store.ts": "people of organisations, not patients",
  "profile-store.ts": "mapping profiles",
  "published-cuts.ts": "published figures; each use of an agreement is an entry",
  "pull-store.ts": "progress of pulls; what they read, a submission writes",
  "record-withdrawals.ts": "when and why, not what",
  "replay-store.ts": "ids and places of a submission that is about to be replayed, which is an entry",
  "report-store.ts": "read by downloads, replays, simulations and the inbox itself",
  "resealing/reseal-organisation.ts": "the same content under another key; the rotation is an entry",
  "simulation-store.ts": "a simulation is one entry, before it reads",
  "site-code-store.ts": "codes, not whose",
  "submission-store.ts": "units of work, which write their submission's entry",
  "sweep.ts": "what nobody may see any more",
  "unit-runner.ts": "units of work, which write their submission's entry",
  "upload-store.ts": "bytes nobody has read; the submission made of them has an entry",
  "webhook-store.ts": "addresses and deliveries",
  "withheld-persons.ts": "the worker's own: pseudonyms to be left out; the extract is an entry",
};

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

function judge(read: (file: string) => string, files: readonly string[]): readonly string[] {
  return files.filter((file) => REACHES.test(read(file)) && !WRITES_ENTRY.test(read(file)) && !(file in REASONS));
}

const readStore = (file: string): string => readFileSync(join(STORES, file), "utf8");

describe("whoever reaches rows of patients", () => {
  it("writes an entry of the audit trail, or is known to need none", () => {
    expect(judge(readStore, filesOf(STORES))).toEqual([]);
  });

  it("is found where it does neither (control)", () => {
    const careless = "const rows = await database.withRole({ role: 'nacr_app', ods }, (tx) => tx.$queryRaw(PATIENTS([ods])));";
    expect(judge(() => careless, ["careless-store.ts"])).toEqual(["careless-store.ts"]);
  });

  it("is named only as long as it needs to be", () => {
    const idle = Object.keys(REASONS).filter((file) => !REACHES.test(readStore(file)) || WRITES_ENTRY.test(readStore(file)));
    expect(idle).toEqual([]);
  });
});

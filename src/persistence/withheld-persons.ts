/** Whom the gate withholds, by their national pseudonyms: worked out inside, and told to nobody but the maker of extracts. */
import type { JudgeRelease, OwnPatient } from "../consent/ports.ts";
import type { KeyRing, PseudonymKey } from "../keys/key-ring.ts";
import { LongWork } from "../lib/long-work.ts";
import { nameByNumber, nameByPatient } from "../national/person-names.ts";
import type { WithheldPersons } from "../statistics/extracts/extract-ports.ts";
import { asConsent } from "./concerned-patients.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { NATIONAL_PURPOSE } from "./national-store.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { NAMES_OF_OBJECTING, NAMES_OF_PATIENTS, PAGE_OF_PATIENTS } from "./sql/withheld-queries.ts";
import { type SqlRow, textOf, wordOf } from "./sql-row.ts";

export interface WithheldPersonsDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly clock: { today(): string };
  readonly judgeRelease: JudgeRelease<Transaction>;
}

/** Of one transaction: some 0.1 s. */
const PATIENTS_AT_ONCE = 500;
const TIMEOUT_MS = 60_000;
const NO_PATIENT: OwnPatient = { ods: "", patientId: "00000000-0000-0000-0000-000000000000" };

export function createWithheldPersons({ database, keys, clock, judgeRelease }: WithheldPersonsDependencies): WithheldPersons {
  return {
    objecting: async () => {
      const key = await keys.pseudonyms(NATIONAL_PURPOSE);
      const read = (tx: Transaction): Promise<ReadonlySet<string>> => pseudonymsOf(tx, key, NAMES_OF_OBJECTING, []);
      return await database.withRole({ role: "nacr_consent" }, read, { timeoutMs: TIMEOUT_MS });
    },
    all: async () => {
      const key = await keys.pseudonyms(NATIONAL_PURPOSE);
      const found = new Set<string>();
      for (let after: OwnPatient | undefined = NO_PATIENT; after !== undefined; ) {
        const from: OwnPatient = after;
        const judge = (tx: Transaction): Promise<Judged> => judgePage(tx, from, judgeRelease, { key, today: clock.today() });
        const page = await database.withRole({ role: "nacr_feed" }, judge, { timeoutMs: TIMEOUT_MS });
        for (const pseudonym of page.pseudonyms) found.add(pseudonym);
        after = page.last;
      }
      return found;
    },
  };
}

interface Judged {
  readonly pseudonyms: ReadonlySet<string>;
  /** Absent: there is no more. */
  readonly last: OwnPatient | undefined;
}

async function judgePage(
  tx: Transaction,
  after: OwnPatient,
  judgeRelease: JudgeRelease<Transaction>,
  { key, today }: { readonly key: PseudonymKey; readonly today: string },
): Promise<Judged> {
  const rows = await tx.$queryRaw<SqlRow[]>(PAGE_OF_PATIENTS([after.ods, after.patientId, PATIENTS_AT_ONCE]));
  const patients = rows.map((row): OwnPatient => ({ ods: textOf(row, "ods"), patientId: textOf(row, "id") }));
  const reasons = await judgeRelease(tx, patients, "RELEASE", today);
  const withheld = patients.filter(({ ods, patientId }) => reasons.has(`${ods}/${patientId}`));
  const columns = [toColumnLiteral(withheld, ({ ods }) => ods), toColumnLiteral(withheld, ({ patientId }) => patientId)];
  const nobody: ReadonlySet<string> = new Set();
  const name = (): Promise<ReadonlySet<string>> => pseudonymsOf(tx, key, NAMES_OF_PATIENTS, columns);
  return {
    pseudonyms: withheld.length === 0 ? nobody : await asConsent(tx, name),
    last: patients.length < PATIENTS_AT_ONCE ? undefined : patients.at(-1),
  };
}

/** Of all names, since which of them a person's rows were made with depends on the day they were made. */
async function pseudonymsOf(
  tx: Transaction,
  key: PseudonymKey,
  names: ConstantSql,
  values: readonly unknown[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<SqlRow[]>(names(values));
  return new Set(await new LongWork().map(rows, (row) => key.mac(nameOf(row))));
}

const nameOf = (row: SqlRow): string =>
  wordOf(row, "kind", ["NHS", "PATIENT"]) === "NHS"
    ? nameByNumber(textOf(row, "value"))
    : nameByPatient({ ods: textOf(row, "ods"), id: textOf(row, "value") });

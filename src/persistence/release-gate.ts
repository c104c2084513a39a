/**
 * The gate between the organisations' own rows and the national side: what patients told their team, the National Data Opt-out, and
 * whether section 251 supports the flow. It says why it withholds somebody, to be counted; nothing of it is kept with a patient.
 */
import type { GateStage, JudgeRelease, OwnPatient, WithholdingReason } from "../consent/ports.ts";
import { asksOptOut, hasOptOut, type NdoStage, needsSection251 } from "../consent/release-policy.ts";
import type { KeyRing, PseudonymKey } from "../keys/key-ring.ts";
import type { Clock } from "../submission/ports.ts";
import { asConsent } from "./concerned-patients.ts";
import type { Transaction } from "./database/unit.ts";
import { optOutKeys } from "./opt-out-keys.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import { HAS_SECTION_251, NATIONS, PERSONS_TO_JUDGE, STANDING_ANSWERS } from "./sql/release-queries.ts";
import { booleanOf, numberOf, type SqlRow, textOf } from "./sql-row.ts";

export interface ReleaseGateDependencies {
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly applyAt: NdoStage;
}

/** @throws KeyError. Reads a key at the first call: ask it once before a transaction that holds an embedded database's only connection. */
export async function createReleaseGate({ keys, clock, applyAt }: ReleaseGateDependencies): Promise<JudgeRelease<Transaction>> {
  const key = await optOutKeys(keys);
  return async (tx, patients, stage, today) => {
    if (patients.length === 0) return new Map();
    return await asConsent(tx, async () => {
      const persons = await readPersons(tx, patients);
      const supported = await hasSection251(tx, today);
      const answers = await readAnswers(tx, asksOptOut(applyAt, stage) ? persons : [], key, clock.now());
      return judge(persons, { supported, answers, stage, applyAt });
    });
  };
}

interface Person {
  /** `ods/patientId`. */
  readonly name: string;
  /** Null: of an organisation that nobody knows. */
  readonly nation: string | null;
  readonly objected: boolean;
  /** Digests of the NHS numbers, as the link key makes them. */
  readonly numbers: readonly string[];
}

async function readPersons(tx: Transaction, patients: readonly OwnPatient[]): Promise<readonly Person[]> {
  const columns = [toColumnLiteral(patients, ({ ods }) => ods), toColumnLiteral(patients, ({ patientId }) => patientId)];
  const rows = await tx.$queryRaw<SqlRow[]>(PERSONS_TO_JUDGE(columns));
  const nations = await readNations(tx, patients);
  return rows.flatMap((row) => {
    const patient = patients[numberOf(row, "position")];
    if (patient === undefined) return [];
    const numbers = textOf(row, "numbers").split(",");
    return {
      name: `${patient.ods}/${patient.patientId}`,
      nation: nations.get(patient.ods) ?? null,
      objected: booleanOf(row, "objected"),
      numbers: numbers.filter((digest) => digest !== ""),
    };
  });
}

async function readNations(tx: Transaction, patients: readonly OwnPatient[]): Promise<ReadonlyMap<string, string>> {
  const organisations = [...new Set(patients.map(({ ods }) => ods))];
  const rows = await tx.$queryRaw<SqlRow[]>(NATIONS([toArrayLiteral(organisations)]));
  return new Map(rows.map((row) => [textOf(row, "ods_code"), textOf(row, "nation")]));
}

async function hasSection251(tx: Transaction, today: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<SqlRow[]>(HAS_SECTION_251([today]));
  return row !== undefined && booleanOf(row, "supported");
}

/** Of each NHS number's digest whether it may be used; absent: the check has not answered, or too long ago. */
type Answers = ReadonlyMap<string, boolean>;

async function readAnswers(tx: Transaction, persons: readonly Person[], key: PseudonymKey, now: string): Promise<Answers> {
  const asked = persons.filter(({ nation, objected }) => !objected && nation !== null && hasOptOut(nation));
  const numbers = [...new Set(asked.flatMap((person) => person.numbers))];
  if (numbers.length === 0) return new Map();
  const byKey = new Map(numbers.map((digest) => [key.mac(digest), digest]));
  const rows = await tx.$queryRaw<SqlRow[]>(STANDING_ANSWERS([toArrayLiteral([...byKey.keys()]), now]));
  return new Map(rows.map((row) => [byKey.get(textOf(row, "key")) ?? "", booleanOf(row, "may_be_used")]));
}

interface Terms {
  readonly supported: boolean;
  readonly answers: Answers;
  readonly stage: GateStage;
  readonly applyAt: NdoStage;
}

function judge(persons: readonly Person[], terms: Terms): ReadonlyMap<string, WithholdingReason> {
  const withheld = new Map<string, WithholdingReason>();
  for (const person of persons) {
    const reason = reasonToWithhold(person, terms);
    if (reason !== null) withheld.set(person.name, reason);
  }
  return withheld;
}

/** The check knows people by their NHS number: of somebody without one there is no answer, and a missing answer withholds. */
function reasonToWithhold({ nation, objected, numbers }: Person, terms: Terms): WithholdingReason | null {
  if (objected) return "OBJECTION";
  if (nation === null || (needsSection251(nation) && !terms.supported)) return "NO_SECTION_251";
  if (!hasOptOut(nation) || !asksOptOut(terms.applyAt, terms.stage)) return null;
  const answers = numbers.map((digest) => terms.answers.get(digest));
  if (answers.includes(false)) return "OPT_OUT";
  return answers.length === 0 || answers.includes(undefined) ? "OPT_OUT_UNKNOWN" : null;
}

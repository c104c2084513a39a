/**
 * No answer depends on another organisation's rows (assurance Z7): the same history, alone in its database and beside an organisation
 * that has the same people and events, linked and decided about, is answered to the byte alike.
 */
import { expect, it } from "vitest";
import { canonicalJson } from "../../../src/lib/canonical-json.ts";
import { sampleColliding } from "../../support/colliding-records.ts";
import { databaseKind } from "../../support/database.ts";
import { both, coast, NORTH, optionsOf, provideBench, type Sent, SOUTH, toSent } from "./submission-bench.ts";

const alone = provideBench();
const beside = provideBench();
const RUNS = databaseKind === "embedded" ? 12 : 40;
/** Ends what hangs: half a minute on a quiet machine. */
const PATIENCE_MS = 180_000;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Ids in the order in which the answers name them; the receipt is a digest under keys of each database. */
class Names {
  readonly #names = new Map<string, string>();

  answer({ header, results }: Sent): string {
    const text = canonicalJson({ header: { ...header, receiptDigest: null, receiptKeyId: null }, results });
    return text.replaceAll(UUID, (id) => {
      const name = this.#names.get(id) ?? `id-${this.#names.size}`;
      this.#names.set(id, name);
      return name;
    });
  }
}

/** Decisions about, and links between, all pairs of the two organisations' events; every second one is rejected. */
const DECIDE = `insert into link.decision (id, kind, a_ods, a_id, b_ods, b_id, decision, decided_by_ods, decided_at, sealed)
  select gen_random_uuid(), 'EPISODE', n.ods, n.id, s.ods, s.id, case when random() < 0.5 then 'REJECTED' else 'CONFIRMED' end,
    s.ods, now(), '\\x00'
  from initiating_event n, initiating_event s where n.ods = $1 and s.ods = $2`;

it("answers alike with and without another organisation's rows, links and decisions", { timeout: PATIENCE_MS }, async () => {
  const [first, second] = [new Names(), new Names()];
  let links = 0;
  for (const [run, payload] of sampleColliding(RUNS, 2029).entries()) {
    const south = await beside().submit({ actor: coast, payload: sampleColliding(1, 3_000 + run)[0] ?? [] });
    expect(south.results).not.toBeNull();
    await beside().submit({ actor: coast, payload });
    if (run % 10 === 9) await beside().test.query(DECIDE, [NORTH, SOUTH]);
    for (const mode of ["VALIDATE_ONLY", "COMMIT"] as const) {
      const sent = await Promise.all(
        [alone(), beside()].map(async (bench) =>
          toSent(await bench.submit({ actor: both, payload, options: { ...optionsOf(both), mode } })),
        ),
      );
      const [without, having] = sent;
      if (without === undefined || having === undefined) throw new Error("two answers");
      expect(second.answer(having), `run ${run} ${mode}`).toBe(first.answer(without));
      links += having.results.flatMap((result) => result.links).length;
    }
  }
  expect(links).toBeGreaterThan(RUNS / 2);
  expect(Number((await beside().test.query("select count(*)::int as n from link.decision"))[0]?.n)).toBeGreaterThan(RUNS / 2);
});

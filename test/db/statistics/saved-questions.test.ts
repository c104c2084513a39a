/** Questions that are kept, over the real database: versions, sharing, and who sees them when an agreement names others. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Agreement } from "../../../src/agreements/agreement.ts";
import { DEMO_CONTRACT } from "../../../src/agreements/demo-agreement.ts";
import type { Terms } from "../../../src/agreements/terms.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { seedAgreement } from "../../../src/persistence/agreement-store.ts";
import { createSavedQuestionStore } from "../../../src/persistence/saved-question-store.ts";
import type { Actor } from "../../../src/records/actor.ts";
import { createSavedQuestions, type SavedQuestions, versionOf } from "../../../src/statistics/saved/saved-questions.ts";
import { AGREEMENT_ID, ANALYST, NOW, signedAgreement, soundTerms } from "../../support/agreements.ts";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();
const newId = createUuid7();
const COLLEAGUE = "analyst-2";
const people = (...clientIds: readonly string[]): Terms["people"] =>
  clientIds.map((clientId) => ({ clientId, name: "Analyst", party: "DEMO_UNIVERSITY", employment: "SUBSTANTIVE" }));
const both = signedAgreement(soundTerms({ people: people(ANALYST.clientId, COLLEAGUE) }));
let agreement: Agreement = both;
let saved: SavedQuestions;

beforeAll(async () => {
  const { database } = testDatabase();
  await seedAgreement(database, both, DEMO_CONTRACT);
  saved = createSavedQuestions({
    store: createSavedQuestionStore({ database, newId }),
    agreements: { find: async (id) => (id === agreement.id ? agreement : null) },
    clock: { now: () => NOW },
    newId,
  });
});

const actor = (clientId: string): Actor => ({ clientId, role: "ANALYST", ods: null, programmes: [], scopes: [] });
const [owner, colleague] = [actor(ANALYST.clientId), actor(COLLEAGUE)];
const save = (who: Actor, name: string, measure = "STARTED", dimensions: readonly string[] = ["region", "sex"]) =>
  saved.save(who, { agreementId: AGREEMENT_ID, name, question: { measure, dimensions, where: [] } });

describe("saved questions", () => {
  it("get a version each time another question is saved under the name, and none for the same one asked otherwise", async () => {
    const first = await save(owner, "Starters");
    expect((await save(owner, "Starters", "STARTED", ["sex", "region"])).versions).toEqual(first.versions);
    const second = await save(owner, "Starters", "COMPLETED");
    expect([second.id, second.versions.map(({ number, question }) => [number, question.measure])]).toEqual([
      first.id,
      [
        [1, "STARTED"],
        [2, "COMPLETED"],
      ],
    ]);
    expect(versionOf(second, 1)).toEqual(first.versions[0]);
    expect(versionOf(second, null).question.measure).toBe("COMPLETED");
    expect(() => versionOf(second, 3)).toThrow("no such question");
    const entries = await testDatabase().query(
      "select count(*)::integer as entries from audit.event where type = 'SAVE_QUESTION' and agreement_id = $1",
      [AGREEMENT_ID],
    );
    expect(entries).toEqual([{ entries: 2 }]);
  });

  it("are seen by their owner and those they are shared with, and shared by the owner with named people only", async () => {
    const { id } = await save(owner, "Shared");
    await expect(saved.find(colleague, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(saved.share(owner, id, ["somebody"])).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    expect((await saved.share(owner, id, [COLLEAGUE])).sharedWith).toEqual([COLLEAGUE]);
    expect((await saved.find(colleague, id)).id).toBe(id);
    expect((await saved.list(colleague, AGREEMENT_ID)).map(({ name }) => name)).toEqual(["Shared"]);
    await expect(saved.share(colleague, id, [])).rejects.toMatchObject({ code: "NOT_FOUND" });
    await saved.share(owner, id, []);
    await expect(saved.find(colleague, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("are nobody's whom the agreement does not name any more, the owner's neither", async () => {
    const { id } = await save(owner, "Left");
    await saved.share(owner, id, [COLLEAGUE]);
    agreement = signedAgreement(soundTerms({ people: people(COLLEAGUE) }));
    try {
      await expect(saved.find(owner, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(saved.list(owner, AGREEMENT_ID)).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(save(owner, "Left")).rejects.toMatchObject({ code: "NOT_FOUND" });
      expect((await saved.find(colleague, id)).id).toBe(id);
    } finally {
      agreement = both;
    }
  });

  it("are refused where no table answers them, under an agreement that is not there, and for an id that is none", async () => {
    await expect(save(owner, "Four", "JOURNEYS", ["sex", "age", "eventGroup", "ethnicGroup"])).rejects.toMatchObject({
      code: "NOT_PUBLISHED",
    });
    await expect(saved.list(owner, "DARS-NIC-99999-ZZZZZ")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(saved.find(owner, "x")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("are as many as the limit says, however many are saved at once", async () => {
    const store = createSavedQuestionStore({ database: testDatabase().database, newId });
    const limits = { questions: 2, versions: 2 };
    const entryOf = () =>
      ({
        action: "UPDATE",
        type: "SAVE_QUESTION",
        outcome: "DONE",
        ods: null,
        agent: { id: "x", role: null, ods: null },
        correlationId: null,
      }) as const;
    const put = (name: string, measure: string) =>
      store.save(
        { agreementId: AGREEMENT_ID, owner: "busy", name },
        { question: { measure, dimensions: [], where: [] }, savedAt: NOW },
        limits,
        newId(),
        entryOf,
      );
    const answers = await Promise.all(["a", "b", "c", "d"].map((name) => put(name, "STARTED")));
    expect(answers.filter((answer) => answer === "questions")).toHaveLength(2);
    const kept = answers.find((answer) => typeof answer !== "string");
    if (kept === undefined || typeof kept === "string") throw new Error("none was kept");
    expect(typeof (await put(kept.name, "COMPLETED"))).toBe("object");
    expect(await put(kept.name, "REFERRED")).toBe("versions");
  });

  it("are kept in a role that reads and writes nothing else, and changes only with whom they are shared", async () => {
    const rights = await testDatabase().query(`
      select table_schema || '.' || table_name || ' ' || string_agg(privilege_type, ' ' order by privilege_type) as may
      from information_schema.role_table_grants where grantee = 'nacr_questions' group by table_schema, table_name order by 1`);
    expect(rights.map(({ may }) => may)).toEqual([
      "audit.event INSERT",
      "question.saved INSERT SELECT",
      "question.version INSERT SELECT",
    ]);
  });
});

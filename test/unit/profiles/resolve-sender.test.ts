import { describe, expect, it } from "vitest";
import { compileProfile } from "../../../mappings/files/profile-compile.ts";
import { readProfile } from "../../../mappings/files/profile-schema.ts";
import type { SavedProfile, SiteCodeEntry } from "../../../src/profiles/profile.ts";
import { createSenderResolver } from "../../../src/profiles/resolve-sender.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import type { SenderQuestion } from "../../../src/submission/sender-ports.ts";

const COLUMNS = readProfile({
  format: 1,
  name: "ours",
  tables: [{ records: [{ record: "PATIENT", items: [{ item: "hospitalNumber", column: "ID" }] }] }],
}).profile;

const saved = (more: Partial<SavedProfile>): SavedProfile => ({
  id: "1",
  name: "ours",
  version: 1,
  vendor: "V",
  product: "P",
  format: "TABLES",
  automatic: true,
  senderProfile: null,
  columns: COLUMNS,
  effectiveFrom: "2026-01-01",
  createdAt: "2026-01-01T00:00:00.000Z",
  retiredAt: null,
  ...more,
});
const sending = (more: Partial<SavedProfile>) => saved({ columns: null, format: "HL7V2", senderProfile: "itk", ...more });
const siteCode = (more: Partial<SiteCodeEntry>): SiteCodeEntry => ({
  id: "1",
  vendor: "V",
  product: "P",
  system: "local",
  code: "X 1",
  version: 1,
  target: { kind: "OPTION", recordType: "INITIATING_EVENT", item: "eventType", key: "ANGINA" },
  override: false,
  comment: null,
  effectiveFrom: "2026-01-01",
  effectiveTo: null,
  state: "APPROVED",
  proposedAt: "2026-01-01T00:00:00.000Z",
  reviewedAt: null,
  retiredAt: null,
  ...more,
});

function bench(state: { profiles?: SavedProfile[]; retired?: SavedProfile[]; codes?: SiteCodeEntry[] } = {}) {
  const dictionary = dictionaryOf("gw-1.0");
  if (dictionary === null) throw new Error("gw-1.0 is in service");
  const store = { profiles: state.profiles ?? [], codes: state.codes ?? [], now: "2026-03-02T09:00:00.000Z", reads: 0 };
  const resolver = createSenderResolver({
    profiles: {
      saved: async () => {
        store.reads += 1;
        return store.profiles;
      },
      version: async (_ods, name, version) =>
        [...store.profiles, ...(state.retired ?? [])].find((profile) => profile.name === name && profile.version === version) ??
        null,
    },
    siteCodes: { approved: async () => store.codes },
    reader: { read: readProfile, compile: compileProfile },
    shipped: [{ name: "hl7-uk", version: 1, format: "HL7V2", description: "", columns: null }],
    clock: { now: () => store.now, today: () => store.now.slice(0, 10) },
  });
  const ask = (more: Partial<SenderQuestion> = {}) =>
    resolver.resolve({ ods: "RTEST", vendor: "V", product: "P", format: "TABLES", profile: null, dictionary, ...more });
  return { store, ask, forget: resolver.forget };
}

describe("which profile reads an input", () => {
  it("is the one the request names, before the one that is saved for its sender, before the format's default", async () => {
    const { ask } = bench({ profiles: [sending({})] });
    expect(await ask({ format: "HL7V2", profile: "hl7-uk" })).toMatchObject({ profile: "hl7-uk" });
    expect(await ask({ format: "HL7V2" })).toMatchObject({ profile: "itk" });
    expect(await ask({ format: "HL7V2", vendor: "Other" })).toMatchObject({ profile: null, pinned: null });
  });

  it("is pinned with its version, so that a file is read to its end by the one it began with", async () => {
    const { ask } = bench({ profiles: [saved({}), saved({ version: 2 })], retired: [saved({ name: "gone", version: 7 })] });
    expect((await ask())?.pinned).toBe("ours@2");
    expect((await ask({ profile: "ours@1" }))?.pinned).toBe("ours@1");
    expect((await ask({ profile: "gone@7" }))?.pinned).toBe("gone@7");
    expect(await ask({ profile: "gone" })).toBeNull();
  });

  it("is the latest version whose day has come", async () => {
    const { ask } = bench({ profiles: [saved({}), saved({ version: 2, effectiveFrom: "2026-03-03" })] });
    expect((await ask())?.pinned).toBe("ours@1");
  });

  it("is the importer's own layout for tables of a sender without one, and where that is named", async () => {
    expect(await bench().ask()).toMatchObject({ profile: null, columns: null, pinned: "importer" });
    expect(await bench({ profiles: [saved({})] }).ask({ profile: "importer" })).toMatchObject({
      profile: "importer",
      columns: null,
    });
  });

  it("is never one of another format", async () => {
    const { ask } = bench({ profiles: [saved({})] });
    expect(await ask({ format: "FHIR", profile: "ours" })).toBeNull();
    expect(await ask({ format: "FHIR", profile: "hl7-uk" })).toBeNull();
    expect(await ask({ format: "FHIR" })).toMatchObject({ profile: null });
  });

  it("is read in the words of the version that is claimed, and refused where that does not have them", async () => {
    const newest = dictionaryOf("gw-1.1");
    if (newest === null || COLUMNS === null) throw new Error("gw-1.1 is in service");
    const columns = readProfile({
      format: 1,
      name: "ours",
      tables: [
        {
          records: [
            { record: "PATIENT", items: [{ item: "hospitalNumber", column: "ID" }] },
            { record: "INITIATING_EVENT", items: [{ item: "lvefPercent", column: "LVEF" }] },
            { record: "REHABILITATION", items: [{ item: "sessionsOffered", column: "Sessions" }] },
            { record: "ASSESSMENT", items: [{ item: "goalsAgreed", column: "Goals", codes: "dataset" }] },
          ],
        },
      ],
    }).profile;
    const { ask } = bench({ profiles: [saved({ columns })] });
    expect((await ask({ dictionary: newest }))?.columns?.tables).toHaveLength(1);
    await expect(ask()).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("is none for NACR records, and nothing is read for them", async () => {
    const { ask, store } = bench({ profiles: [saved({})] });
    expect(await ask({ format: "RECORDS" })).toMatchObject({ profile: null, columns: null });
    expect(store.reads).toBe(0);
  });
});

describe("what is kept of an organisation", () => {
  it("is read once for many questions, and once for many that are asked at the same time", async () => {
    const { ask, store } = bench();
    await Promise.all(Array.from({ length: 20 }, () => ask()));
    await ask();
    expect(store.reads).toBe(1);
  });

  it("is read again within a minute, and at once where something was saved here", async () => {
    const { ask, store, forget } = bench();
    await ask();
    store.profiles = [saved({})];
    expect((await ask())?.columns).toBeNull();
    store.now = "2026-03-02T09:00:31.000Z";
    expect((await ask())?.columns).not.toBeNull();
    store.profiles = [];
    forget("RTEST");
    expect((await ask())?.columns).toBeNull();
  });

  it("is read again for a name that another process may have saved a moment ago", async () => {
    const { ask, store } = bench();
    expect(await ask({ profile: "ours" })).toBeNull();
    store.profiles = [saved({})];
    store.now = "2026-03-02T09:00:02.000Z";
    expect((await ask({ profile: "ours" }))?.pinned).toBe("ours@1");
  });
});

describe("site codes", () => {
  const versionOf = async (codes: SiteCodeEntry[], more: Partial<SenderQuestion> = {}) =>
    (await bench({ codes }).ask(more))?.siteCodes?.("LOCAL", "x  1")?.version;

  it("are found whatever the case and spacing, for their own vendor and product only", async () => {
    expect(await versionOf([siteCode({})])).toBe(1);
    expect((await bench({ codes: [siteCode({})] }).ask({ product: "Other" }))?.siteCodes).toBeUndefined();
  });

  it("count from their first day to their last, and the one that came into force last wins", async () => {
    expect(await versionOf([siteCode({ effectiveFrom: "2026-03-02", effectiveTo: "2026-03-02" })])).toBe(1);
    expect(await versionOf([siteCode({ effectiveFrom: "2026-03-03" })])).toBeUndefined();
    expect(await versionOf([siteCode({ effectiveTo: "2026-03-01" })])).toBeUndefined();
    expect(await versionOf([siteCode({ version: 2, effectiveFrom: "2026-02-01" }), siteCode({ version: 3 })])).toBe(2);
  });

  it("are no look-up at all where there are none", async () => {
    expect((await bench().ask())?.siteCodes).toBeUndefined();
  });
});

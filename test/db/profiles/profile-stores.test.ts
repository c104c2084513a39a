import { beforeAll, describe, expect, it } from "vitest";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createProfileStore } from "../../../src/persistence/profile-store.ts";
import { createSiteCodeStore } from "../../../src/persistence/site-code-store.ts";
import type { ProfileStore, SiteCodeStore } from "../../../src/profiles/profile-ports.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { provideDatabase } from "../../support/database.ts";

const newId = createUuid7();
const test = provideDatabase();
const actorOf = (ods: string, clientId: string): OrganisationActor => ({
  clientId,
  role: "CLINICAL_TEAM",
  ods,
  programmes: [],
  scopes: [],
});
const ann = actorOf("RNORTH", "ann");
const ben = actorOf("RNORTH", "ben");
const carol = actorOf("RSOUTH", "carol");
const PAGE = { first: 10, after: null };
const ALL = { states: null, vendor: null, product: null, system: null };
const NOW = "2026-03-02T09:00:00.000Z";

let profiles: ProfileStore;
let codes: SiteCodeStore;
beforeAll(() => {
  profiles = createProfileStore(test().database);
  codes = createSiteCodeStore(test().database);
});

const profile = (more: object = {}) => ({
  id: newId(),
  name: "ours",
  vendor: "V",
  product: "P",
  format: "HL7V2" as const,
  automatic: true,
  senderProfile: "itk",
  columns: null,
  effectiveFrom: "2026-03-02",
  createdAt: NOW,
  ...more,
});
const code = (more: object = {}) => ({
  id: newId(),
  vendor: "V",
  product: "P",
  system: "local",
  code: "X1",
  target: { kind: "OPTION", recordType: "INITIATING_EVENT", item: "eventType", key: "ANGINA" } as const,
  override: false,
  comment: null,
  effectiveFrom: "2026-03-02",
  effectiveTo: null,
  proposedAt: NOW,
  ...more,
});

describe("saved profiles", () => {
  it("count their versions without a gap, also those saved at the same time and after a retirement", async () => {
    const saved = await Promise.all([1, 2, 3].map(() => profiles.save(ann, profile(), 10)));
    expect(saved.map((one) => ("version" in one ? one.version : one)).toSorted()).toEqual([1, 2, 3]);
    expect(await profiles.retire(ann, "ours", NOW)).toMatchObject({ version: 3, retiredAt: NOW });
    expect(await profiles.saved("RNORTH")).toEqual([]);
    expect(await profiles.save(ann, profile(), 10)).toMatchObject({ version: 4, effectiveFrom: "2026-03-02" });
    expect(await profiles.version("RNORTH", "ours", 2)).toMatchObject({ version: 2, retiredAt: NOW });
  });

  it("refuse a second automatic one of a product, a name of another format, and more than an organisation may have", async () => {
    expect(await profiles.save(ann, profile({ name: "other", vendor: "v " }), 10)).toEqual({
      refused: "AUTOMATIC",
      name: "ours",
    });
    expect(await profiles.save(ann, profile({ format: "FHIR", senderProfile: "uk-core" }), 10)).toEqual({
      refused: "OTHER_FORMAT",
    });
    expect(await profiles.save(ann, profile({ name: "other", automatic: false }), 1)).toEqual({ refused: "FULL" });
  });

  it("are seen by their organisation only", async () => {
    expect(await profiles.saved("RSOUTH")).toEqual([]);
    expect(await profiles.retire(carol, "ours", NOW)).toBeNull();
    expect(await profiles.version("RSOUTH", "ours", 4)).toBeNull();
  });
});

describe("site codes", () => {
  it("are in force once another person has approved them, and not before", async () => {
    const entry = await codes.propose(ann, code(), 10);
    expect(entry).toMatchObject({ state: "PROPOSED", version: 1 });
    const id = entry?.id ?? "";
    expect(await codes.approved("RNORTH")).toEqual([]);
    expect(await codes.review(ann, id, { state: "APPROVED", reviewedAt: NOW })).toBe("OWN");
    expect(await codes.review(carol, id, { state: "APPROVED", reviewedAt: NOW })).toBeNull();
    expect(await codes.review(ben, id, { state: "APPROVED", reviewedAt: NOW })).toMatchObject({ state: "APPROVED" });
    expect(await codes.review(ben, id, { state: "REJECTED", reviewedAt: NOW })).toBe("NOT_PROPOSED");
    expect(await codes.approved("RNORTH")).toMatchObject([{ id, code: "X1", target: { key: "ANGINA" } }]);
    expect(await codes.retire(ben, id, NOW)).toMatchObject({ state: "RETIRED" });
    expect(await codes.approved("RNORTH")).toEqual([]);
  });

  it("count what was said of the same code, and are paged in the order of their proposal", async () => {
    const second = await codes.propose(ann, code(), 10);
    expect(second?.version).toBe(2);
    const page = await codes.page(ann, ALL, { first: 1, after: null });
    expect(page).toMatchObject({ totalCount: 2, hasNextPage: true });
    const rest = await codes.page(ann, ALL, { first: 5, after: page.nodes[0]?.cursor ?? null });
    expect(rest.nodes.map(({ node }) => node.id)).toEqual([second?.id]);
    expect((await codes.page(ann, { ...ALL, states: ["RETIRED"] }, PAGE)).totalCount).toBe(1);
    expect((await codes.page(carol, ALL, PAGE)).totalCount).toBe(0);
    expect(await codes.propose(ann, code(), 2)).toBeNull();
  });

  it("cannot be approved by who proposed them, even past the program (control)", async () => {
    await expect(
      test().query(
        "update public.site_code set state = 'APPROVED', reviewed_by = proposed_by where state = 'PROPOSED' returning id",
      ),
    ).rejects.toThrow();
    const changed = await test().query(
      "update public.site_code set state = 'APPROVED', reviewed_by = 'somebody' where state = 'PROPOSED' returning state",
    );
    expect(changed).toEqual([{ state: "APPROVED" }]);
  });

  it("cannot be rewritten once they are said", async () => {
    const settings = { role: "nacr_app", ods: "RNORTH" } as const;
    const rewrite = test().database.withRole(settings, (tx) => tx.siteCode.updateMany({ where: {}, data: { code: "Y" } }));
    await expect(rewrite).rejects.toThrow();
  });
});

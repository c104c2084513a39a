/** The national side as the administrators of the audit see it, over a whole gateway. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays } from "../../../src/lib/calendar-date.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { journey } from "../../support/journey-records.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const STATUS = "query { nationalFeed { rows due withheld } }";
const RECORD = "mutation ($input: RecordSection251Input!) { recordSection251(input: $input) { id } }";
const SUBMIT = "mutation ($input: SubmitRecordsInput!) { submitRecords(input: $input) { id status } }";

async function submit(to: TestGateway, first: number, count: number): Promise<void> {
  const input = {
    options: {
      idempotencyKey: `national-${first}`,
      programmeCode: "CR-VALLEY",
      sourceSystem: { vendor: "Demo Vendor", product: "Demo CR", version: "1" },
    },
    records: Array.from({ length: count }, (_, index) => journey(first + index)),
  };
  const { errors } = await to.gql("submitter", SUBMIT, { input });
  expect(errors).toEqual([]);
}

/** Asks until nothing is due any more: the feed works after the commit. */
async function settled(of: TestGateway = gateway): Promise<unknown> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { data } = await of.gql<{ nationalFeed: { due: number | null } }>("admin", STATUS);
    const [waiting] = await of.database.query("select count(*)::int as n from national_feed.due");
    if (data?.nationalFeed.due === 0 && waiting?.n === 0) return data.nationalFeed;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the feed did not come to an end");
}

describe("nationalFeed", () => {
  it("counts nobody as withheld of nobody", async () => {
    expect(await settled()).toEqual({ rows: 0, due: 0, withheld: 0 });
  });

  it("feeds nothing before the flow has its support, and does not say of how few", async () => {
    await submit(gateway, 1, 3);
    expect(await settled()).toEqual({ rows: 0, due: 0, withheld: null });
  });

  it("says of more in steps of five", async () => {
    await submit(gateway, 4, 8);
    expect(await settled()).toEqual({ rows: 0, due: 0, withheld: 10 });
  });

  it.each<DemoIdentity>(["submitter", "team", "guardian", "analyst", "vendor"])("is not there for %s", async (as) => {
    const { data, errors } = await gateway.gql(as, STATUS);
    expect(data ?? null).toBeNull();
    expect(errors).toHaveLength(1);
  });
});

describe("a gateway that nobody opts out of", () => {
  it("feeds everybody once a section 251 reference is recorded", async () => {
    const open = await startTestGateway({
      config: { consent: { ledgerFile: null, ndo: { applyAt: "NONE", cacheDays: 7 }, mesh: null } },
    });
    try {
      await submit(open, 1, 9);
      expect(await settled(open)).toEqual({ rows: 0, due: 0, withheld: 10 });
      const [validFrom, validTo] = [addDays(systemClock.today(), -1), addDays(systemClock.today(), 300)];
      const reference = { reference: "24/CAG/0000", validFrom, validTo, evidence: "letter" };
      const recorded = await open.gql("admin", RECORD, { input: reference });
      expect(recorded.errors).toEqual([]);
      await expect.poll(() => settled(open), { timeout: 20_000 }).toEqual({ rows: 10, due: 0, withheld: 0 });
    } finally {
      await open.close();
    }
  });
});

describe("rebuildNationalRows", () => {
  const REBUILD = "mutation ($odsCode: String!) { rebuildNationalRows(odsCode: $odsCode) { rows } }";

  it("makes the rows of an organisation anew, and stands in the audit trail", async () => {
    const { data, errors } = await gateway.gql("admin", REBUILD, { odsCode: "ZDM01" });
    expect([data, errors]).toEqual([{ rebuildNationalRows: { rows: 0 } }, []]);
    expect(await settled()).toEqual({ rows: 0, due: 0, withheld: 10 });
    const entries = await gateway.database.query(
      "select agent_role, entity_kind, entity_id from audit.event where type = 'REBUILD_NATIONAL'",
    );
    expect(entries).toEqual([{ agent_role: "AUDIT_ADMIN", entity_kind: "ORGANISATION", entity_id: "ZDM01" }]);
  });

  it("is refused for an organisation that nobody knows", async () => {
    const { errors } = await gateway.gql("admin", REBUILD, { odsCode: "RNONE" });
    expect(errors[0]?.extensions.code).toBe("NOT_FOUND");
  });
});

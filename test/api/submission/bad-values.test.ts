/** Every bad value rejects its own record, and no answer repeats a value. */
import { describe, expect, it } from "vitest";
import { journey, recordOf } from "../../support/journey-records.ts";
import { BAD_VALUES, canariesOf, issuesAt, marked, withPatient } from "./bad-values.ts";
import { provideSubmitter } from "./submitting.ts";

const submitter = provideSubmitter();
let seed = 0;
const next = (): number => ++seed;

describe("a bad value among good records", () => {
  it.each(BAD_VALUES)(
    "$title is $code, and rejects its own record only",
    async ({ make, code, field, expression, suggestion, sent }) => {
      const [before, bad, after] = [next(), next(), next()];
      const { http, answer } = await submitter().submit("submitRecords", [
        recordOf(before, { patient: marked(before) }),
        make(bad),
        recordOf(after, { patient: marked(after) }),
      ]);
      expect(answer).toMatchObject({ status: "COMPLETED", outcome: "ACCEPTED_WITH_REJECTIONS" });
      const errors = issuesAt(answer, "records[1]").filter(({ severity }) => severity === "ERROR");
      const found = errors.find((issue) => issue.code === code && issue.field === field);
      expect(found, JSON.stringify(errors)).toMatchObject({ expression: `records[1].${expression}` });
      if (suggestion !== undefined) expect(found?.suggestion).toBe(suggestion);
      const neighbours = answer.records.nodes.filter((node) => !node.expression.startsWith("records[1]"));
      expect(neighbours.map(({ outcome }) => outcome)).toEqual(["CREATED", "CREATED"]);
      const shown = [...canariesOf(before), ...canariesOf(bad), ...canariesOf(after), ...(sent === undefined ? [] : [sent])];
      expect(shown.filter((value) => http.text.includes(value))).toEqual([]);
    },
  );

  it("would be found if it were repeated: the check of the answers sees what an answer may hold", async () => {
    const n = next();
    const { http } = await submitter().submit("submitRecords", [recordOf(n, { patient: marked(n) })]);
    expect(http.text).toContain(`rec-${n}`);
    expect(http.text).toContain("surname");
  });

  it("shows all errors of a record together", async () => {
    const n = next();
    const answer = await submitter().records([
      recordOf(n, { patient: { ...marked(n), gender: "?", dateOfBirth: "14.03.51", ethnicGroup: "nobody's" } }),
    ]);
    const errors = issuesAt(answer, "records[0]").filter(({ severity }) => severity === "ERROR");
    expect(new Set(errors.map(({ field }) => field))).toEqual(new Set(["gender", "dateOfBirth", "ethnicGroup"]));
  });

  it("in one of two records of one key rejects the later one where they contradict each other", async () => {
    const n = next();
    const answer = await submitter().records([
      recordOf(n, { patient: marked(n, { maritalStatus: "MARRIED" }) }),
      recordOf(n, { sourceRecordId: `again-${n}`, patient: marked(n, { maritalStatus: "SINGLE" }) }),
    ]);
    expect(answer.records.nodes.map(({ outcome }) => outcome)).toEqual(["CREATED", "REJECTED"]);
    expect(issuesAt(answer, "records[1]")).toContainEqual(
      expect.objectContaining({ code: "KEY_CONFLICT", field: "maritalStatus", causedBy: 0 }),
    );
  });

  it("holds everything back where the sender asks for all or nothing", async () => {
    const answer = await submitter().records([journey(next()), withPatient({ gender: "?" })(next())], {
      errorPolicy: "ALL_OR_NOTHING",
    });
    expect(answer).toMatchObject({ outcome: "REJECTED", counts: { created: 0, held: 5, rejected: 1 } });
    const [patient] = answer.records.nodes;
    const status = await submitter().gateway.gql(
      "submitter",
      "query ($id: ID!) { patientRecords(first: 100) { totalCount } submission(id: $id) { counts { held } } }",
      { id: answer.id },
    );
    expect(status.data).toMatchObject({ submission: { counts: { held: 5 } } });
    expect(patient?.outcome).toBe("HELD");
  });
});

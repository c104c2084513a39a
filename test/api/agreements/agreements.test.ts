/** Agreements over a whole gateway, in the words of the API: drafted by an analyst, decided by an administrator, broken, ended, audited. */
import { createPublicKey, verify } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_AGREEMENT_ID } from "../../../src/agreements/demo-agreement.ts";
import { writeAuditPack } from "../../../src/cli/audit-pack.ts";
import { createGatewayClient } from "../../../src/client/gateway-client.ts";
import { checkCertificate } from "../../../src/destruction/certificate.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

type Json = Readonly<Record<string, unknown>>;
interface Shown {
  readonly id: string;
  readonly status: string;
  readonly suspended: boolean;
  readonly versionInForce: number | null;
  readonly versions: readonly {
    readonly number: number;
    readonly status: string;
    readonly digest: string;
    readonly terms: Json;
  }[];
  readonly steps: readonly { readonly step: string }[];
}

const TERMS = `title startsOn endsOn productClass disclosureProfile extractFrequency measures dimensions fields years nations eventGroups
  parties { code name role frameworkContract security securityReference securityEndsOn securityCoversBackups icoRegistration icoEndsOn
    article6 article9 instructions signatory }
  locations { code party uses site country } people { clientId name party employment } purposes { code description }
  answers { question answer }`;
const AGREEMENT = `id status suspended versionInForce versions { number status digest terms { ${TERMS} } } steps { step }`;

const ask = async <T>(as: DemoIdentity, document: string, variables: Json = {}): Promise<T> => {
  const { data, errors } = await gateway.gql<Record<string, T>>(as, document, variables);
  expect(errors).toEqual([]);
  const [answer] = Object.values(data ?? {});
  if (answer === undefined) throw new Error("no answer");
  return answer;
};
const codeOf = async (as: DemoIdentity, document: string, variables: Json = {}): Promise<unknown> =>
  (await gateway.gql(as, document, variables)).errors[0]?.extensions.code;

const find = (as: DemoIdentity, id: string) => ask<Shown>(as, `query ($id: ID!) { agreement(id: $id) { ${AGREEMENT} } }`, { id });
const demoTerms = async (): Promise<Json> => (await find("analyst", DEMO_AGREEMENT_ID)).versions[0]?.terms ?? {};
const DRAFT = `mutation ($terms: AgreementTermsInput!) { draftAgreement(terms: $terms) { agreement { ${AGREEMENT} } findings { code field } } }`;
interface Judged {
  readonly agreement: Shown;
  readonly findings: readonly { readonly code: string; readonly field: string }[];
}
const step = (as: DemoIdentity, name: string, id: string) =>
  ask<Judged>(as, `mutation ($id: ID!) { ${name}(id: $id) { agreement { ${AGREEMENT} } findings { code field } } }`, { id });
const SIGN = `mutation ($id: ID!, $party: String!, $digest: String!) { signAgreement(id: $id, party: $party, digest: $digest) { ${AGREEMENT} } }`;

/** By the demo's analyst, approved by the demo's administrator. */
async function signed(change: Json = {}): Promise<Shown> {
  const terms = { ...(await demoTerms()), startsOn: systemClock.today(), ...change };
  const { agreement } = await ask<Judged>("analyst", DRAFT, { terms });
  const submitted = await step("analyst", "submitAgreement", agreement.id);
  expect(submitted.findings).toEqual([]);
  await step("admin", "approveAgreement", agreement.id);
  const digest = agreement.versions[0]?.digest;
  return await ask<Shown>("analyst", SIGN, { id: agreement.id, party: "DEMO_UNIVERSITY", digest });
}

describe("the agreement that demo mode begins with", () => {
  it("is in force for the demo's analyst, and nothing stands against it", async () => {
    expect(await find("analyst", DEMO_AGREEMENT_ID)).toMatchObject({ status: "IN_FORCE", suspended: false, versionInForce: 1 });
    expect(
      await ask("analyst", "query ($id: ID!) { agreementFindings(id: $id) { code field } }", { id: DEMO_AGREEMENT_ID }),
    ).toEqual([]);
  });

  it("stands in the public register, for every role", async () => {
    const register = await ask<readonly Json[]>(
      "vendor",
      "{ agreementRegister { id organisations legalBasis optOutsApplied status endsOn } }",
    );
    expect(register).toContainEqual({
      id: DEMO_AGREEMENT_ID,
      organisations: ["Demo University"],
      legalBasis: ["ARTICLE_6_E_PUBLIC_TASK", "ARTICLE_9_J_RESEARCH", "SECTION_251"],
      optOutsApplied: true,
      status: "IN_FORCE",
      endsOn: expect.any(String),
    });
  });

  it("shows the twenty standards with their questions", async () => {
    const standards = await ask<readonly { questions: readonly Json[] }[]>(
      "analyst",
      "{ agreementStandards { standard label questions { question kind mandatory } } }",
    );
    expect([standards.length, standards.every(({ questions }) => questions.length > 0)]).toEqual([20, true]);
  });
});

describe("an application", () => {
  it("is tracked from draft to force; what is missing is said all at once and stops it", async () => {
    const { parties: _, ...terms } = await demoTerms();
    const gaps = { ...terms, parties: [], startsOn: systemClock.today() };
    const drafted = await ask<Judged>("analyst", DRAFT, { terms: gaps });
    const refused = await step("analyst", "submitAgreement", drafted.agreement.id);
    expect(refused.agreement.status).toBe("DRAFT");
    expect(refused.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["CONTROLLER_MISSING", "LOCATION_OF_NO_PARTY", "PERSON_OF_NO_PARTY"]),
    );
    const UPDATE = `mutation ($id: ID!, $terms: AgreementTermsInput!) { updateAgreement(id: $id, terms: $terms) { agreement { ${AGREEMENT} } findings { code } } }`;
    const sound = { ...(await demoTerms()), startsOn: systemClock.today() };
    await ask("analyst", UPDATE, { id: drafted.agreement.id, terms: sound });
    expect((await step("analyst", "submitAgreement", drafted.agreement.id)).agreement.status).toBe("SUBMITTED");
    const RETURN = `mutation ($id: ID!) { returnAgreement(id: $id, reason: "Say more of the benefits") { ${AGREEMENT} } }`;
    expect((await ask<Shown>("admin", RETURN, { id: drafted.agreement.id })).status).toBe("DRAFT");
    await step("analyst", "submitAgreement", drafted.agreement.id);
    const approved = await step("admin", "approveAgreement", drafted.agreement.id);
    expect(approved.agreement.status).toBe("APPROVED");
    const signing = { id: drafted.agreement.id, party: "DEMO_UNIVERSITY", digest: approved.agreement.versions[0]?.digest };
    expect(await codeOf("admin", SIGN, signing)).toBe("FORBIDDEN");
    expect(await codeOf("analyst", SIGN, { ...signing, digest: "other" })).toBe("CONFLICT");
    const inForce = await ask<Shown>("analyst", SIGN, signing);
    expect(inForce).toMatchObject({ status: "IN_FORCE", versionInForce: 1 });
    expect(inForce.steps.map((taken) => taken.step)).toEqual([
      "DRAFTED",
      "CHANGED",
      "SUBMITTED",
      "RETURNED",
      "SUBMITTED",
      "APPROVED",
      "SIGNED_BY_PARTY",
      "SIGNED_BY_ALL",
    ]);
  });

  it("is not approved by who drafted it, nor is an identifiable class one that can be written", async () => {
    const terms = { ...(await demoTerms()), startsOn: systemClock.today() };
    const { agreement } = await ask<Judged>("admin", DRAFT, { terms });
    await step("admin", "submitAgreement", agreement.id);
    expect(
      await codeOf("admin", "mutation ($id: ID!) { approveAgreement(id: $id) { findings { code } } }", { id: agreement.id }),
    ).toBe("FORBIDDEN");
    expect(await codeOf("analyst", DRAFT, { terms: { ...terms, productClass: "IDENTIFIABLE" } })).toBeDefined();
  });

  it("is the same to a stranger whether it is there or not", async () => {
    const { people: _, ...terms } = await demoTerms();
    const foreign = await ask<Judged>("admin", DRAFT, {
      terms: { ...terms, people: [], parties: [] },
    });
    const SHOW = "query ($id: ID!) { agreement(id: $id) { id } }";
    const [there, nowhere] = await Promise.all(
      [foreign.agreement.id, "DARS-NIC-99999-ZZZZZ"].map((id) => gateway.gql("analyst", SHOW, { id })),
    );
    expect(there?.errors[0]?.extensions.code).toBe("NOT_FOUND");
    expect(there?.text.replaceAll(/[0-9a-f-]{36}/g, "")).toBe(nowhere?.text.replaceAll(/[0-9a-f-]{36}/g, ""));
    const listed = await ask<{ nodes: readonly { id: string }[] }>("analyst", "{ agreements(first: 50) { nodes { id } } }");
    expect(listed.nodes.map(({ id }) => id)).not.toContain(foreign.agreement.id);
  });
});

describe("an amendment", () => {
  it("changes a place only once it is approved and signed; until then the version in force goes on", async () => {
    const { id, versions } = await signed();
    const [first] = versions;
    const moved = [
      { code: "ANNEX", party: "DEMO_UNIVERSITY", uses: ["PROCESSING", "STORAGE"], site: "2 Demo Street", country: "GB-WLS" },
    ];
    const AMEND = `mutation ($id: ID!, $terms: AgreementTermsInput!) { proposeAmendment(id: $id, terms: $terms) { agreement { ${AGREEMENT} } findings { code } } }`;
    const proposed = await ask<Judged>("analyst", AMEND, { id, terms: { ...first?.terms, locations: moved } });
    expect(proposed.agreement).toMatchObject({ status: "IN_FORCE", versionInForce: 1 });
    await step("analyst", "submitAgreement", id);
    const approved = await step("admin", "approveAgreement", id);
    expect(approved.agreement.versionInForce).toBe(1);
    const after = await ask<Shown>("analyst", SIGN, {
      id,
      party: "DEMO_UNIVERSITY",
      digest: approved.agreement.versions[1]?.digest,
    });
    expect(after).toMatchObject({ versionInForce: 2, versions: [{ status: "AMENDED" }, { status: "IN_FORCE" }] });
  });
});

describe("a breach, and the end", () => {
  const REPORT = `mutation ($id: ID!) { reportBreach(agreement: $id, input: { description: "A file went to the wrong address" }) { id reportedAt digest } }`;
  const NOT_YET =
    "mutation ($id: ID!, $input: CertifyDestructionInput!) { certifyDestruction(agreement: $id, input: $input) { status destruction { file overdue } } }";
  const statement = {
    what: "All extracts",
    how: "Overwritten",
    destroyedOn: systemClock.today(),
    destroyedBy: "Pat Example",
    verification: "Looked for by the asset owner",
  };

  it("gives a receipt, is listed until it is acknowledged, keeps the Commissioner's decision apart, and ends in a signed certificate", async () => {
    const { id } = await signed();
    const receipt = await ask<{ id: string; digest: string }>("analyst", REPORT, { id });
    expect(receipt.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await find("analyst", id)).toMatchObject({ suspended: true });
    const listed = await ask<readonly { id: string }[]>(
      "admin",
      "{ breaches(unacknowledged: true) { id agreementId icoDueAt icoOverdue } }",
    );
    expect(listed.map((breach) => breach.id)).toContain(receipt.id);
    const of = { id, breach: receipt.id };
    await ask("admin", "mutation ($id: ID!, $breach: ID!) { acknowledgeBreach(agreement: $id, breach: $breach) { id } }", of);
    await ask(
      "admin",
      `mutation ($id: ID!, $breach: ID!) { recordIcoDecision(agreement: $id, breach: $breach, input: { reportable: false, reasons: "No person can be told" }) { id } }`,
      of,
    );
    expect(await codeOf("analyst", NOT_YET, { id, input: statement })).toBe("CONFLICT");
    const ended = await ask<Shown>(
      "admin",
      `mutation ($id: ID!, $breach: ID!) { recordBreachOutcome(agreement: $id, breach: $breach, input: { outcome: DESTRUCTION_ORDERED, reasons: "As the contract has it" }) { ${AGREEMENT} } }`,
      of,
    );
    expect(ended.status).toBe("TERMINATED");
    const destroyed = await ask<{ status: string; destruction: { file: string } }>("analyst", NOT_YET, { id, input: statement });
    expect(destroyed.status).toBe("DESTROYED");
    const { document, signature }: { document: string; signature: string } = JSON.parse(destroyed.destruction.file);
    const key = createPublicKey(await ask<string>("analyst", "{ destructionCertificateKey }"));
    const check = (text: string) => verify(null, Buffer.from(text, "utf8"), key, Buffer.from(signature, "base64"));
    expect([check(document), check(document.replace("Overwritten", "Kept"))]).toEqual([true, false]);
    expect(JSON.parse(document)).toMatchObject({ agreement: id, ...statement });
    const publicKey = await ask<string>("analyst", "{ destructionCertificateKey }");
    expect(checkCertificate(destroyed.destruction.file, publicKey)).toMatchObject({ ok: true, head: { of: id } });
  });
});

describe("nacr audit-pack", () => {
  it("writes files whose digests are in the signed manifest, and writes nothing over", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "nacr-pack-"));
    const client = createGatewayClient({ url: gateway.url, getToken: () => gateway.token("admin") });
    const options = { out: folder, from: undefined, to: undefined };
    try {
      const { output } = await writeAuditPack(DEMO_AGREEMENT_ID, options, client);
      expect(output).toContain("SHA-256");
      expect((await readdir(folder)).toSorted()).toEqual(
        [
          "agreement.json",
          "answers.csv",
          "attempts.csv",
          "breaches.csv",
          "destruction.json",
          "extracts.csv",
          "framework-contracts.csv",
          "manifest.json",
          "manifest.sig",
          "people.csv",
          "policies.json",
        ].concat(["purposes.csv", "signatures.csv", "steps.csv", "trail.csv", "uses.csv", "version-1.json"]),
      );
      const manifest = await readFile(path.join(folder, "manifest.json"), "utf8");
      const signature = Buffer.from(await readFile(path.join(folder, "manifest.sig"), "utf8"), "base64");
      const key = createPublicKey(await ask<string>("admin", "{ destructionCertificateKey }"));
      expect(verify(null, Buffer.from(manifest, "utf8"), key, signature)).toBe(true);
      expect(JSON.parse(manifest)).toMatchObject({ agreement: DEMO_AGREEMENT_ID, madeBy: "demo-admin" });
      await expect(writeAuditPack(DEMO_AGREEMENT_ID, options, client)).rejects.toThrow("--out");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is an entry of the trail, and is not there for a stranger's agreement", async () => {
    const PACK = "query ($id: ID!) { auditPack(agreement: $id) { manifest } }";
    await ask("analyst", PACK, { id: DEMO_AGREEMENT_ID });
    const entries = await gateway.database.query(
      "select agent_id from audit.event where type = 'READ_AUDIT_PACK' and agent_role = 'ANALYST'",
    );
    expect(entries).toEqual([{ agent_id: "demo-analyst" }]);
    expect(await codeOf("analyst", PACK, { id: "DARS-NIC-99999-ZZZZZ" })).toBe("NOT_FOUND");
  });
});

/**
 * Hospitals that send messages by MLLP and repeat those that were not acknowledged, while the gateway is killed again and again. Then it
 * is asked what is there: every acknowledged message, once, and worked on. A fault put in on purpose shows that the checker sees a loss.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findFreePort } from "../../scripts/postgres.ts";
import { databaseKind, openTestDatabase, type TestDatabase } from "../support/database.ts";
import { requestDemoToken } from "../support/gateway.ts";
import { adtMessage, fieldOf, openMllpSender } from "../support/mllp-sender.ts";
import { type KillableGateway, startKillable } from "./killable-gateway.ts";

const KILLS = Number(process.env.STORM_KILLS ?? 2);
const CLIENTS = 4;
/** In flight on each connection. */
const TOGETHER = 6;
const MESSAGES = "query ($id: String!) { mllpMessages(filter: { controlId: $id }) { nodes { state } } }";

interface Verdict {
  readonly acknowledged: number;
  /** Acknowledged and not there. */
  readonly lost: number;
  /** There more than once, as a message or as a patient. */
  readonly duplicated: number;
  /** There, and not worked on after a minute. */
  readonly stuck: number;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

class MllpStorm {
  readonly #database: TestDatabase;
  readonly #fault: string;
  readonly #acknowledged = new Set<string>();
  #port = 0;
  #stopped = false;

  constructor(database: TestDatabase, fault: string) {
    this.#database = database;
    this.#fault = fault;
  }

  async run(kills: number): Promise<Verdict> {
    const dataDir = await mkdtemp(join(tmpdir(), "nacr-mllp-storm-"));
    const start = async (): Promise<KillableGateway> => {
      const [port, mllp] = [await findFreePort(), await findFreePort()];
      const environment = { FAULT: this.#fault, MLLP_PORT: String(mllp) };
      const gateway = await startKillable({ port, databaseUrl: this.#database.url ?? "", dataDir, environment });
      this.#port = mllp;
      return gateway;
    };
    let gateway = await start();
    try {
      const clients = Array.from({ length: CLIENTS }, (_, client) => this.#send(client));
      for (let kill = 0; kill < kills; kill++) {
        await pause(300 + Math.random() * 900);
        await gateway.kill();
        gateway = await start();
      }
      await pause(500);
      this.#stopped = true;
      await Promise.all(clients);
      return await this.#judge(gateway.url);
    } finally {
      await gateway.kill();
      await rm(dataDir, { recursive: true, force: true });
    }
  }

  async #send(client: number): Promise<void> {
    for (let round = 0; !this.#stopped; round++) {
      const ids = Array.from({ length: TOGETHER }, (_, place) => `${client}-${round}-${place}`);
      let open = ids;
      while (open.length > 0) {
        const done = await this.#sendTogether(open);
        for (const id of done) this.#acknowledged.add(id);
        open = open.filter((id) => !done.has(id));
        if (open.length > 0) await pause(50);
      }
    }
  }

  /** @returns those that were acknowledged before the connection broke */
  async #sendTogether(ids: readonly string[]): Promise<ReadonlySet<string>> {
    try {
      const sender = await openMllpSender(this.#port);
      for (const id of ids)
        sender.send(adtMessage({ controlId: id, patient: `9${id}`, familyName: `STORM${id.replaceAll(/\D/g, "")}` }));
      await sender.received(ids.length).catch(() => undefined);
      sender.socket.destroy();
      return new Set(
        sender.answers.filter((answer) => fieldOf(answer, "MSA", 1) === "AA").map((answer) => fieldOf(answer, "MSA", 2)),
      );
    } catch {
      return new Set();
    }
  }

  async #judge(url: string): Promise<Verdict> {
    const token = await requestDemoToken(url, "team");
    const statesOf = async (id: string): Promise<readonly string[]> => {
      const answer = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: MESSAGES, variables: { id } }),
      });
      const { data }: { data: { mllpMessages: { nodes: { state: string }[] } } } = JSON.parse(await answer.text());
      return data.mllpMessages.nodes.map(({ state }) => state);
    };
    const waiting = "select count(*)::int as waiting from public.mllp_message where state = 'WAITING'";
    for (let second = 0; second < 150 && Number((await this.#database.query(waiting))[0]?.waiting) > 0; second++)
      await pause(1_000);
    const states = [];
    for (const id of this.#acknowledged) states.push(await statesOf(id));
    const [patients] = await this.#database.query(
      `select (select count(*)::int from public.patient) as patients, (select count(*)::int from public.mllp_message) as messages`,
    );
    const surplus = Math.max(0, Number(patients?.patients) - Number(patients?.messages));
    return {
      acknowledged: states.length,
      lost: states.filter((found) => found.length === 0).length,
      duplicated: states.filter((found) => found.length > 1).length + surplus,
      stuck: states.filter(([state]) => state !== undefined && state !== "PROCESSED").length,
    };
  }
}

async function storm(kills: number, fault = ""): Promise<Verdict> {
  const database = await openTestDatabase();
  try {
    return await new MllpStorm(database, fault).run(kills);
  } finally {
    await database.close();
  }
}

// A killed process takes the embedded database with it.
describe.skipIf(databaseKind === "embedded")("messages acknowledged by MLLP under kill -9", () => {
  it("are all there, once, and worked on", async () => {
    const verdict = await storm(KILLS);
    console.info(`mllp storm: ${KILLS} kills`, verdict);
    expect(verdict).toMatchObject({ lost: 0, duplicated: 0, stuck: 0 });
    expect(verdict.acknowledged).toBeGreaterThan(KILLS * 10);
  });

  it("are found missing by the checker where a gateway acknowledges before it stores (control)", async () => {
    const verdict = await storm(3, "ACK_EARLY");
    console.info("control, early acknowledgement", verdict);
    expect(verdict.lost).toBeGreaterThan(0);
  });
});

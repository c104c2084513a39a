/** A client that does not read costs a payload on its way and the kernels' buffers, however much happens meanwhile. */
import { expect, it } from "vitest";
import { countDatabase } from "../../support/counted-database.ts";
import { openTestDatabase } from "../../support/database.ts";
import { startTestGateway } from "../../support/gateway.ts";
import { recordOf } from "../../support/journey-records.ts";
import { submitterOf } from "../submission/submitting.ts";
import { connectSocket, openEventStream, sleep, subscribeOn } from "./stream-clients.ts";

const EVENTS = 8_000;
/** Two kilobytes an event, so that they are more than the kernel holds back for two sockets. */
const WIDE = Array.from(
  { length: 14 },
  (_, alias) => `c${alias}: counts { received created updated unchanged withdrawn rejected held withheld warnings }`,
).join(" ");
const query = `subscription { programmeEvents(programmeCode: "CR-VALLEY", since: 0) { sequence id submissionId ${WIDE} } }`;

it.each(["server-sent events", "a WebSocket"])(
  "a reader that stops is read for no more, and then misses nothing, over %s",
  async (transport) => {
    const test = await openTestDatabase();
    const database = countDatabase(test);
    const gateway = await startTestGateway({ database });
    await submitterOf(gateway).records([recordOf(1)]);
    await test.query(
      `insert into public.programme_event (ods, programme_code, sequence, id, type, occurred_at, submission_id, status, outcome, counts)
     select ods, programme_code, 1 + n, gen_random_uuid(), type, occurred_at, submission_id, status, outcome, counts
     from public.programme_event, generate_series(1, $1::integer) n returning null`,
      [EVENTS - 1],
    );
    const token = await gateway.token("submitter");
    const socket = transport === "a WebSocket" ? await connectSocket(gateway.url, token) : null;
    const stream = socket === null ? await openEventStream(gateway.url, token, { query }) : null;
    const subscription = stream ?? (socket === null ? null : subscribeOn(socket, "1", { query }));
    const pause = (): void => (socket === null ? stream?.pause() : socket.raw.pause());
    const transactions = (): number => Number(database.takeCount().split(" ")[0]);

    await subscription?.next();
    pause();
    transactions();
    // Some megabytes stand in the buffers of the kernel; then nothing is read any more but what the webhooks' sender looks for.
    let reads = 0;
    do {
      await sleep(1_000);
      reads = transactions();
    } while (reads > 3);
    if (socket === null) stream?.resume();
    else socket.raw.resume();
    for (let expected = 2; expected <= EVENTS; expected++) {
      const sequence = (await subscription?.next())?.data.programmeEvents.sequence;
      if (sequence !== expected) throw new Error(`${sequence} came in the place of ${expected}`);
    }
    // Control: what was not read for the one who stopped.
    expect(transactions()).toBeGreaterThan(EVENTS / 100 / 4);
    subscription?.close();
    socket?.close();
    await gateway.close();
    await test.close();
  },
);

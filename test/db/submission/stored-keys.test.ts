/** What is stored of an idempotency key: senders make keys of what they have at hand, a patient's number too. */
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { recordOf } from "../../support/journey-records.ts";
import { city, provideBench } from "./submission-bench.ts";

const bench = provideBench();
const idempotencyKey = `discharge-${toTestNhsNumber(7)}`;
const submit = (payload: readonly object[]) => bench().submit({ actor: city, payload, options: { idempotencyKey } });
const storedKeys = async () =>
  (await bench().test.query("select idempotency_key as key from public.submission")).map(({ key }) => String(key));

describe("an idempotency key", () => {
  it("is stored as a keyed digest, and known again by it", async () => {
    const first = await submit([recordOf(7)]);
    expect(await storedKeys()).toEqual([expect.stringMatching(/^hmac:[0-9a-f]{64}$/)]);
    expect((await submit([recordOf(7)])).header.id).toBe(first.header.id);
    await expect(submit([recordOf(8)])).rejects.toThrow("used before");
  });

  it("that an older version stored as it was sent is known again, too", async () => {
    const [stored] = await bench().test.query("select id::text as id from public.submission");
    await bench().test.query("update public.submission set idempotency_key = $1", [idempotencyKey]);
    expect((await submit([recordOf(7)])).header.id).toBe(stored?.id);
    await expect(submit([recordOf(8)])).rejects.toThrow("used before");
    expect(await storedKeys()).toEqual([idempotencyKey]);
  });
});

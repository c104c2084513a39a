import { describe, expect, it } from "vitest";
import { mapSource, toSource } from "../../../src/graphql/streams/source.ts";
import { Topic } from "../../../src/graphql/streams/topic.ts";

/** Brings the numbers of a topic's versions, and waits for ever between them. */
function versionsOf(topic: Topic, released: string[]) {
  return toSource(
    async function* (ended) {
      for (let seen = topic.version; !ended.aborted; seen = topic.version) {
        yield seen;
        await topic.changed(seen, ended);
      }
    },
    () => released.push("released"),
  );
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a source", () => {
  it("ends while it waits, and is released once", async () => {
    const topic = new Topic();
    const released: string[] = [];
    const source = versionsOf(topic, released);
    expect(await source.next()).toEqual({ done: false, value: 0 });
    const waiting = source.next();
    await turn();
    expect(topic.waiting).toBe(1);
    expect(await source.return()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    await source.return();
    expect([topic.waiting, released]).toEqual([0, ["released"]]);
  });

  it("that a plain generator would be does not end while it waits (control)", async () => {
    const topic = new Topic();
    const never = new AbortController().signal;
    const plain = (async function* () {
      yield 0;
      await topic.changed(topic.version, never);
    })();
    await plain.next();
    void plain.next();
    const late = await Promise.race([plain.return(), turn().then(() => "still waiting")]);
    expect([late, topic.waiting]).toEqual(["still waiting", 1]);
  });

  it("is released where it was never begun, where it fails, and where it comes to its end", async () => {
    const released: string[] = [];
    const make = (name: string, steps: () => AsyncGenerator<number, void, undefined>) =>
      toSource(steps, () => released.push(name));
    await make("never begun", async function* () {
      yield 1;
    }).return();
    const failing = make("failed", async function* () {
      yield 1;
      throw new Error("away");
    });
    await failing.next();
    await expect(failing.next()).rejects.toThrow("away");
    for await (const _ of make("ended", async function* () {
      yield 1;
    }));
    expect(released).toEqual(["never begun", "failed", "ended"]);
  });

  it("brings the latest version once, however many were made meanwhile", async () => {
    const topic = new Topic();
    const source = versionsOf(topic, []);
    await source.next();
    for (let times = 0; times < 1_000; times++) topic.bump();
    expect(await source.next()).toEqual({ done: false, value: 1_000 });
    await source.return();
  });
});

describe("a source that is answered", () => {
  const numbers = async function* () {
    yield 1;
    yield 2;
    yield 3;
  };

  it("says how it failed as the last thing, and is over once", async () => {
    const ends: string[] = [];
    const respond = async (value: number): Promise<string> => {
      if (value === 2) throw new Error("two");
      return `answer ${value}`;
    };
    const answers = mapSource(
      toSource(numbers, () => ends.push("released")),
      respond,
      String,
      () => ends.push("over"),
    );
    const all = [];
    for await (const answer of answers) all.push(answer);
    expect([all, ends]).toEqual([
      ["answer 1", "Error: two"],
      ["over", "released"],
    ]);
  });

  it("is over when it comes to its end, and when it is left", async () => {
    for (const taken of [10, 1, 0]) {
      const ends: string[] = [];
      const answers = mapSource(
        numbers(),
        async (value) => String(value),
        String,
        () => ends.push("over"),
      );
      for (let count = 0; count < taken; count++) await answers.next();
      await answers.return();
      await answers.return();
      expect(ends).toEqual(["over"]);
    }
  });
});

import { describe, expect, it } from "vitest";
import { toBossDatabase } from "../../../src/jobs/queue-sql.ts";
import { retryDelaySeconds } from "../../../src/jobs/queues.ts";
import { repeat } from "../../../src/jobs/repeat.ts";

const tick = (ms = 10) => new Promise((resolve) => setTimeout(resolve, ms));

describe("the delay before another attempt", () => {
  it.each([
    [1, 5, 10],
    [2, 10, 20],
    [3, 20, 40],
    [4, 40, 80],
  ])("after %i failures is %i to %i seconds", (failures, shortest, longest) => {
    expect(retryDelaySeconds(failures, 0)).toBe(shortest);
    expect(retryDelaySeconds(failures, 0.999_999)).toBe(longest);
  });
});

describe("the database as pg-boss sees it", () => {
  const ask = async (text: string, values?: unknown[]) => {
    const asked: [string, readonly unknown[] | undefined][] = [];
    await toBossDatabase({
      run: async (sql, bound) => {
        asked.push([sql, bound]);
        return { rows: [] };
      },
    }).executeSql(text, values);
    return asked;
  };

  it("sends a script as one, without its own begin and commit", async () => {
    const script = "\n    BEGIN;\n    SELECT 1;\n    $$ BEGIN; COMMIT; END $$;\n    COMMIT;\n  ";
    expect(await ask(script)).toEqual([["\n    SELECT 1;\n    $$ BEGIN; COMMIT; END $$;\n    ", undefined]]);
  });

  it("leaves a statement with values as it is", async () => {
    expect(await ask("select $1", [1])).toEqual([["select $1", [1]]]);
  });
});

describe("what is done now and then", () => {
  it("is done at once, again after a failure, and never twice at once", async () => {
    let inHand = 0;
    let most = 0;
    let runs = 0;
    let failures = 0;
    const task = async () => {
      runs += 1;
      inHand += 1;
      most = Math.max(most, inHand);
      await tick(5);
      inHand -= 1;
      throw new Error("no");
    };
    const repetition = repeat(task, 1, () => {
      failures += 1;
    });
    expect(runs).toBe(1);
    await tick(80);
    await repetition.stop();
    expect(most).toBe(1);
    expect(runs).toBeGreaterThan(2);
    expect(failures).toBe(runs);
    const atStop = runs;
    await tick(30);
    expect(runs).toBe(atStop);
  });
});

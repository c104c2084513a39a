import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAnswer, renderQuestion } from "../../../src/consent/read-answer.ts";
import { createMeshFolder } from "../../../src/sources/opt-out/mesh-folder.ts";

const NUMBERS = ["9434765919", "9434765870"];
const REFERENCE = "NACR0123456789ABCDEF";
const QUESTION = { id: "q", reference: REFERENCE, requestedAt: "2026-07-05T09:00:00.000Z", nhsNumbers: NUMBERS };

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacr-mesh-"));
});
afterAll(() => rm(folder, { recursive: true }));

const exchange = () => createMeshFolder({ folder, mailbox: "X26OT123" });
const list = (name: string) => readdir(join(folder, name));
const answer = async (stem: string, text: string, control: string): Promise<void> => {
  await writeFile(join(folder, "in", `${stem}.dat`), text);
  await writeFile(join(folder, "in", `${stem}.ctl`), `<DTSControl>${control}</DTSControl>`);
};

describe("the folders of a MESH client", () => {
  it("get a question as one number and a comma in each line, with a control file for the check, readable by nobody else", async () => {
    await exchange().send(QUESTION);
    const names = await list("out");
    expect(names.sort()).toEqual([`X26OT123-050726-${REFERENCE}.ctl`, `X26OT123-050726-${REFERENCE}.dat`]);
    const [control = "", data = ""] = await Promise.all(names.map((name) => readFile(join(folder, "out", name), "utf8")));
    expect(data).toBe("9434765919,\n9434765870,\n");
    for (const line of [
      "<From_DTS>X26OT123</From_DTS>",
      "<To_DTS>X26HC036</To_DTS>",
      "<WorkflowId>SPINE_NTT_UPHOLDING</WorkflowId>",
      `<LocalId>${REFERENCE}</LocalId>`,
    ])
      expect(control).toContain(line);
    for (const name of names) expect((await stat(join(folder, "out", name))).mode & 0o077).toBe(0);
  });

  it("give an answer with the question it belongs to, by its control file or its name, and lose it when it was used", async () => {
    await answer("first", "9434765919,\n", `<LocalId>${REFERENCE}</LocalId><MessageType>Data</MessageType>`);
    await answer(`X-${REFERENCE}-2`, "9434765870,\r\n\r\n", "");
    await writeFile(join(folder, "in", "unfinished.dat"), "9434765919,\n");
    const replies = await exchange().receive();
    expect(replies.map(({ reference, nhsNumbers }) => [reference, nhsNumbers])).toEqual([
      [REFERENCE, ["9434765870"]],
      [REFERENCE, ["9434765919"]],
    ]);
    for (const { discard } of replies) await discard();
    expect(await list("in")).toEqual(["unfinished.dat"]);
  });

  it("give an error report, and what is no list of numbers, as no answer", async () => {
    await answer("report", "9434765919,\n", `<LocalId>${REFERENCE}</LocalId><MessageType>Report</MessageType>`);
    await answer("text", "something else\n", "");
    const replies = await exchange().receive();
    expect(replies.map(({ reference, nhsNumbers }) => [reference, nhsNumbers])).toEqual([
      [REFERENCE, null],
      [null, null],
    ]);
    for (const { discard } of replies) await discard();
  });

  it("give a question that found its way back as no answer: it would let everybody be used", async () => {
    for (const name of await list("out")) await copyFile(join(folder, "out", name), join(folder, "in", name));
    const [reply] = await exchange().receive();
    expect([reply?.reference, reply?.nhsNumbers]).toEqual([REFERENCE, null]);
    await reply?.discard();
  });

  it("hold nothing of a question that is settled", async () => {
    await exchange().withdraw(REFERENCE);
    expect(await list("out")).toEqual([]);
  });
});

describe("an answer of the check", () => {
  it("reads as the question is written, and is none where a line is not a valid number", () => {
    expect(readAnswer(renderQuestion(NUMBERS))).toEqual(NUMBERS);
    expect(readAnswer("")).toEqual([]);
    expect(readAnswer("9434765918,\n")).toBeNull();
    expect(readAnswer("9434765919;9434765870\n")).toBeNull();
  });
});

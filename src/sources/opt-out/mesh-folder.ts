/**
 * The opt-out check by way of a MESH client's folders: questions are put into `out`, where the client takes them from, answers are found
 * in `in`. A message is a `.dat` file with a `.ctl` file beside it that says what it is and to whom it goes; the `.ctl` comes last, so that
 * what has one is whole. Files hold NHS numbers and nothing else: rights 0600, removed after use.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { OptOutExchange, OptOutQuestion, OptOutReply } from "../../consent/opt-out-ports.ts";
import { ANSWER_BYTES, readAnswer, renderQuestion } from "../../consent/read-answer.ts";
import { readControlFile, renderControlFile } from "./control-file.ts";

/** The mailbox of the check, and the workflow of questions whose answer is who may be used. */
const CHECK_MAILBOX = "X26HC036";
const WORKFLOW = "SPINE_NTT_UPHOLDING";
const REFERENCE = /NACR[0-9A-F]{16}/;
const [DATA, CONTROL] = [".dat", ".ctl"];

export interface MeshFolderSettings {
  /** With `in` and `out`; made where they are missing. */
  readonly folder: string;
  /** The own mailbox. */
  readonly mailbox: string;
}

export function createMeshFolder({ folder, mailbox }: MeshFolderSettings): OptOutExchange {
  const [inbox, outbox] = [join(folder, "in"), join(folder, "out")];
  const ready = Promise.all([inbox, outbox].map((path) => mkdir(path, { recursive: true, mode: 0o700 })));
  return {
    send: async (question) => {
      await ready;
      const name = join(outbox, nameOf(mailbox, question));
      await writeWhole(name + DATA, renderQuestion(question.nhsNumbers));
      const { reference } = question;
      const control = { from: mailbox, to: CHECK_MAILBOX, workflow: WORKFLOW, subject: reference, localId: reference };
      await writeWhole(name + CONTROL, renderControlFile(control));
    },
    receive: async () => {
      await ready;
      const names = (await readdir(inbox)).sort();
      const known = new Set(names);
      const whole = names.filter((name) => name.endsWith(DATA) && known.has(stemOf(name) + CONTROL));
      return await Promise.all(whole.map((name) => readReply(inbox, stemOf(name), mailbox)));
    },
    withdraw: async (reference) => {
      await ready;
      for (const name of await readdir(outbox)) if (name.includes(reference)) await rm(join(outbox, name), { force: true });
    },
  };
}

const stemOf = (name: string): string => name.slice(0, -DATA.length);

/** `MAILBOX-ddmmyy-REFERENCE`. */
function nameOf(mailbox: string, { requestedAt, reference }: OptOutQuestion): string {
  const [year = "", month = "", day = ""] = requestedAt.slice(0, "YYYY-MM-DD".length).split("-");
  return `${mailbox}-${day}${month}${year.slice(2)}-${reference}`;
}

/** Under its name it is complete: whoever watches the folder sees no half of it. */
async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.part`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

/**
 * The reference stands in the control file, or else in the file's name. What is no data message (an error report) is no answer; nor is the
 * own question, which whoever moved it from `out` to `in` would have say that everybody may be used.
 */
async function readReply(inbox: string, stem: string, mailbox: string): Promise<OptOutReply> {
  const [data, controlFile] = [join(inbox, stem + DATA), join(inbox, stem + CONTROL)];
  const control = readControlFile(await readFile(controlFile, "utf8"));
  const named = `${control.localId ?? ""} ${control.subject ?? ""} ${control.fileName ?? ""} ${stem}`;
  const isData = control.messageType === null || control.messageType.toUpperCase() === "DATA";
  const isAnswer = isData && control.from?.toUpperCase() !== mailbox.toUpperCase();
  const readable = isAnswer && (await stat(data)).size <= ANSWER_BYTES;
  return {
    reference: REFERENCE.exec(named)?.[0] ?? null,
    nhsNumbers: readable ? readAnswer(await readFile(data, "utf8")) : null,
    discard: async () => {
      await rm(data, { force: true });
      await rm(controlFile, { force: true });
    },
  };
}

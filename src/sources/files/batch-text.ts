/** A batch of HL7 v2 messages as the text it is read in: what is in UTF-16 is laid aside as UTF-8 first. */
import { isAscii } from "node:buffer";
import { decodeHl7Bytes } from "../../../mappings/hl7v2/decode-bytes.ts";
import type { Issue } from "../../records/issue.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { recodeUtf16 } from "./clear-text.ts";
import { fileIssue } from "./file-issues.ts";
import { utf16Of } from "./text-encoding.ts";

/** Shows the encoding. */
const HEAD_BYTES = 64;

/** The file as it is read: in an encoding whose line ends are single bytes. */
export interface BatchText {
  readonly text: UploadContent;
  readonly issues: readonly Issue[];
  readonly decode: Decode;
  readonly close: () => Promise<void>;
}

/** The text of one message. */
export type Decode = (message: Buffer) => string;

/** Null: it is marked as UTF-16 and is not. */
export async function openBatchText(content: UploadContent, folder: string): Promise<BatchText | null> {
  const encoding = utf16Of(await content.read(0, HEAD_BYTES));
  if (encoding === null) return { text: content, issues: [], decode: decodeMessage, close: async () => undefined };
  const text = await recodeUtf16(content, encoding, folder);
  const issues = [fileIssue("INFORMATION", "ENCODING_UTF_16", "file")];
  // What MSH-18 says is no longer so.
  return text && { text, issues, decode: (message) => message.toString("utf8"), close: () => text.close() };
}

/** As the message's own header says; ASCII is told apart first, being most of what is sent. */
const decodeMessage = (bytes: Buffer): string => (isAscii(bytes) ? bytes.toString("latin1") : decodeHl7Bytes(bytes).text);

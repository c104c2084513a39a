/** Control files of the MESH client (`DTSControl`): what a message is, from whom and to whom. */

export interface MeshControl {
  readonly from: string;
  readonly to: string;
  readonly workflow: string;
  readonly subject: string;
  readonly localId: string;
}

/** Names hold letters, digits and hyphens only, so nothing needs an escape. */
export const renderControlFile = ({ from, to, workflow, subject, localId }: MeshControl): string =>
  [
    "<DTSControl>",
    "<Version>1.0</Version>",
    "<AddressType>DTS</AddressType>",
    "<MessageType>Data</MessageType>",
    `<From_DTS>${from}</From_DTS>`,
    `<To_DTS>${to}</To_DTS>`,
    `<Subject>${subject}</Subject>`,
    `<LocalId>${localId}</LocalId>`,
    `<WorkflowId>${workflow}</WorkflowId>`,
    "<Encrypted>N</Encrypted>",
    "<Compressed>N</Compressed>",
    "</DTSControl>\n",
  ].join("\n");

export interface ReceivedControl {
  /** Whose mailbox it comes from. */
  readonly from: string | null;
  readonly messageType: string | null;
  readonly subject: string | null;
  readonly localId: string | null;
  readonly fileName: string | null;
}

/** The elements that tell which question is answered; others, and their order, do not matter. */
export function readControlFile(xml: string): ReceivedControl {
  const textOf = (element: string): string | null =>
    new RegExp(`<${element}>([^<]{0,200})</${element}>`).exec(xml)?.[1]?.trim() ?? null;
  return {
    from: textOf("From_DTS"),
    messageType: textOf("MessageType"),
    subject: textOf("Subject"),
    localId: textOf("LocalId"),
    fileName: textOf("TransferId"),
  };
}

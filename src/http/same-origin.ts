/** Whether a browser's request comes from a page of ours. Programs send no `Origin` and are not asked. */
import type { IncomingHttpHeaders } from "node:http";

/** A browser opens a WebSocket to anywhere, without asking the server first: whoever serves one has to look at this header. */
export function isSameOrigin({ origin, host }: IncomingHttpHeaders, publicUrl: string): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  return from.origin === new URL(publicUrl).origin || from.host === host;
}

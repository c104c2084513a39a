/** Lists of any length, page by page as they are asked for. */
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { GatewayClient } from "./gateway-client.ts";

export interface ListedPage<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/**
 * Every node of a list. The next page is asked for when the last one has been gone through.
 * @param listOf the list in the answer; null ends it (the thing it hangs off is not there)
 * @throws GatewayClientError as `request`
 */
export async function* readPages<Data, Variables extends { readonly after?: string | null }, Node>(
  client: Pick<GatewayClient, "request">,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  listOf: (data: Data) => ListedPage<Node> | null | undefined,
): AsyncGenerator<Node, void, undefined> {
  let asked = variables;
  for (;;) {
    const page = listOf(await client.request(document, asked));
    if (!page) return;
    yield* page.nodes;
    if (!page.pageInfo.hasNextPage || !page.pageInfo.endCursor) return;
    asked = { ...asked, after: page.pageInfo.endCursor };
  }
}

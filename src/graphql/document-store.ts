/**
 * Documents that were parsed and found valid, shared by the servers of all roles (each puts its schema's hash in front of the key). Apollo's
 * own store would be one of 30 MiB for each server.
 */
import type { ApolloServerOptions, BaseContext } from "@apollo/server";
import type { DocumentNode } from "graphql";

type DocumentStore = Exclude<ApolloServerOptions<BaseContext>["documentStore"], null | undefined>;

/** Characters of source text; what is parsed takes about twenty times as many bytes. */
const CAPACITY = 2 * 1024 * 1024;

/** Those asked for longest ago make room. */
export function createDocumentStore(capacity: number = CAPACITY): DocumentStore {
  const documents = new Map<string, DocumentNode>();
  let size = 0;
  const remove = (key: string): boolean => {
    size -= sizeOf(documents.get(key));
    return documents.delete(key);
  };
  return {
    async get(key) {
      const document = documents.get(key);
      if (document !== undefined) {
        // Last again in the Map's order.
        documents.delete(key);
        documents.set(key, document);
      }
      return document;
    },
    async set(key, document) {
      remove(key);
      documents.set(key, document);
      size += sizeOf(document);
      for (const oldest of documents.keys()) {
        if (size <= capacity) break;
        remove(oldest);
      }
    },
    delete: async (key) => remove(key),
  };
}

const sizeOf = (document: DocumentNode | undefined): number => document?.loc?.source.body.length ?? 0;

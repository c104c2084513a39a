/** Pages of a list, whoever keeps it. */

export interface PageRequest {
  readonly first: number;
  /** Opaque position after which to go on; null: from the start. */
  readonly after: string | null;
}

export interface Page<T> {
  readonly nodes: readonly { readonly cursor: string; readonly node: T }[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id, or null for a text that cannot be one of ours: it names nothing, and never reaches the database. */
export const readRecordId = (id: string): string | null => (UUID.test(id) ? id.toLowerCase() : null);

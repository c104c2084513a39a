/** Rows of the other organisation that no operation makes in a test: a parked message, a question to the opt-out, a certificate. */
import type { TestDatabase } from "../../support/database.ts";
import type { Things } from "../access/matrix-things.ts";
import { numberOf, plantedId } from "./oracle-cases.ts";

/** Under the id that `plantedId` says. */
export async function plantRows(database: TestDatabase, ods: string, things: Things): Promise<void> {
  const [id, number] = [plantedId(things), numberOf(things)];
  await database.query(
    `insert into public.mllp_message (ods, id, programme_code, listener, digest, received_at, answer, findings, state, reason, attempts, settled_at, content)
     values ($1, $2::uuid, $3, $4, sha256('m'), now(), 'AA', '[]', 'PARKED', 'BLOCKED', 1, now(), 'sealed')`,
    [ods, id, things.programme, `listener-${number}`],
  );
  await database.query(
    `insert into consent.opt_out_request (id, ods, reference, state, requested_at, asked, keys)
     values ($2::uuid, $1, $3, 'SENT', now(), 1, '{}')`,
    [ods, id, `R${number}`],
  );
  await database.query(
    `insert into destruction.certificate (ods, id, subjects, leaves, counts, authorised_by, audit_event_id, reason, erased_at, certified_at, generation, document, signature)
     values ($1, $2::uuid, '{}', '{}', '[]', 'guardian', $2::uuid, 'sealed', now(), now(), 1, '{}', 'signed')`,
    [ods, id],
  );
}

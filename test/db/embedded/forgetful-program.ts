/** Opens a database, asks one thing, and never closes it. Started by thread.test.ts. */
import { openEmbedded } from "../../../src/persistence/database/embedded/embedded-database.ts";

const database = await openEmbedded({ folder: null, reportLoss: () => undefined });
void database.query("select pg_sleep(0.5)").then(() => process.stdout.write("answered\n"));

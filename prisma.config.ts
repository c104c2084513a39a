import { defineConfig } from "prisma/config";

/** For the Prisma command only; the gateway passes its own connection (src/persistence/database). */
export default defineConfig({
  schema: "prisma",
  migrations: { path: "prisma/migrations" },
});

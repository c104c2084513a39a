/** Destroys a leaf again and again in the folder it is given, each time with a new file, until it is killed. Says so after the first. */
import { openErasureFile } from "../../../src/keys/erasure-file.ts";
import { leafPathOf } from "../../../src/keys/erasure-tree.ts";

const keys = await openErasureFile(process.argv[2] ?? "", false);
for (let times = 0; ; times++) {
  await keys.destroy([leafPathOf("RAA", "gone")]);
  if (times === 0) process.stdout.write("ready\n");
}

/** Processor time of the processes under load, from Linux's /proc. */
import { readdir, readFile } from "node:fs/promises";

/** What the kernel calls USER_HZ: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  readonly parent: number;
  /** Seconds of the process itself, and of its children that have ended and were waited for. */
  readonly own: number;
  readonly ended: number;
}

/** Null for a process that has gone. */
async function readTimes(pid: number): Promise<ProcessTimes | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  // The second field is the program's name in brackets and may hold spaces: what follows the last bracket is counted from field 3.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const seconds = (field: number): number => Number(fields[field - 3]) / TICKS_PER_SECOND;
  return { parent: Number(fields[1]), own: seconds(14) + seconds(15), ended: seconds(16) + seconds(17) };
}

/** The process that started `pid`: of a PostgreSQL backend, the server's first process. */
export async function parentOf(pid: number): Promise<number> {
  const times = await readTimes(pid);
  if (times === null) throw new Error(`process ${pid} has gone`);
  return times.parent;
}

/** Seconds of processor time that a process and its children, living and ended, have taken so far. */
export async function cpuSeconds(pid: number): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(pids.map(async (candidate) => ({ candidate, times: await readTimes(candidate) })));
  let seconds = 0;
  for (const { candidate, times } of all) {
    if (times === null) continue;
    if (candidate === pid) seconds += times.own + times.ended;
    else if (times.parent === pid) seconds += times.own;
  }
  return seconds;
}

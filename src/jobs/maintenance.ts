/** Tasks that one process of all does, once in an interval. */
import type { PgBoss } from "pg-boss";
import { MAINTENANCE } from "./queues.ts";

export interface MaintenanceTask {
  readonly name: string;
  /** At most a day. */
  readonly everyMinutes: number;
  readonly run: () => Promise<void>;
}

interface Due {
  readonly task: string;
}

/**
 * Asks for the task, which the queue takes once in an interval whoever asks, and does what is due: this process's own request, or that
 * of one that died over it.
 * @throws what a task threw; it is tried again once, then in the next interval
 */
export async function maintain(boss: PgBoss, task: MaintenanceTask, tasks: readonly MaintenanceTask[]): Promise<void> {
  await boss.send(MAINTENANCE, { task: task.name }, { singletonKey: task.name, singletonSeconds: task.everyMinutes * 60 });
  for (;;) {
    const [due] = await boss.fetch<Due>(MAINTENANCE);
    if (due === undefined) return;
    try {
      // A task of another version of the gateway is left to that version's processes, in its next interval.
      await tasks.find(({ name }) => name === due.data.task)?.run();
    } catch (error) {
      await boss.fail(MAINTENANCE, due.id);
      throw error;
    }
    await boss.complete(MAINTENANCE, due.id);
  }
}

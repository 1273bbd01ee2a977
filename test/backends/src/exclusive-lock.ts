import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `action` while no other process holds the lock of `path`. An SQLite transaction carries the lock, so the kernel
 * frees it when its holder dies, however that happens: there is no stale lock to recognise.
 *
 * @param onWait - called once, when another process holds the lock
 */
export async function withExclusiveLock<T>(path: string, onWait: () => void, action: () => Promise<T>): Promise<T> {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    for (let waiting = false; !tryBegin(database); waiting = true) {
      if (!waiting) onWait();
      await sleep(500);
    }
    return await action();
  } finally {
    database.close();
  }
}

function tryBegin(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    const SQLITE_BUSY = 5;
    if ((error as { errcode?: unknown }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
}

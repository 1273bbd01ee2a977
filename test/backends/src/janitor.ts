// Runs as a process of its own. Reads what to watch from stdin; when that ends, its parent is gone, and whatever is
// still watched is ended and removed. On an orderly end nothing is left to do.
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const GRACE_MILLIS = 5000;
const groups = new Set<number>();
const directories = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, subject] = JSON.parse(line) as [string, string | number];
  if (verb === 'watch-group') groups.add(Number(subject));
  else if (verb === 'forget-group') groups.delete(Number(subject));
  else if (verb === 'watch-directory') directories.add(String(subject));
  else if (verb === 'forget-directory') directories.delete(String(subject));
}

const deadline = Date.now() + GRACE_MILLIS;
for (const pid of groups) signal(pid, 'SIGTERM');
while (Date.now() < deadline && [...groups].some((pid) => signal(pid, 0))) await sleep(100);
for (const pid of groups) signal(pid, 'SIGKILL');
for (const directory of directories) await rm(directory, { recursive: true, force: true, maxRetries: 5 });

/** Whether the group exists. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, name);
  } catch {
    return false;
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from './child-process.ts';

/** Waits until `ready` says so. Fails with the end of the log when the process ends first or `timeoutMillis` pass. */
export async function waitUntilReady(child: ChildProcess, timeoutMillis: number, ready: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMillis;
  while (!(await ready().catch(() => false))) {
    const problem = !child.running ? 'ended while starting' : Date.now() > deadline ? `is not ready after ${timeoutMillis / 1000} s` : undefined;
    if (problem !== undefined) {
      await child.stop();
      throw new Error(`${child.name} ${problem}. The end of its log:\n${await child.logTail(30)}`);
    }
    await sleep(200);
  }
}

export async function answersOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  await response.arrayBuffer();
  return response.ok;
}

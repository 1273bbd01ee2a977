import { startProcess } from './measured-process.ts';
import type { MeasuredProcess, StartProcess } from './measured-process.ts';
import type { Round } from './row.ts';

/**
 * A process that runs in its turns only, and is stopped as a whole while others have theirs. What is compared so is
 * measured within seconds: how fast a shared machine is changes by a third from one minute to the next.
 */
export interface ProcessInTurns<Ready> extends AsyncDisposable {
  readonly ready: Ready;
  turn<Result>(work: (call: MeasuredProcess<Ready>['call']) => Promise<Result>): Promise<Result>;
}

export async function startInTurns<Ready>({ round, ...settings }: StartProcess & { readonly round: Round }): Promise<ProcessInTurns<Ready>> {
  const running = await round.turns.take(async () => {
    const started = await startProcess<Ready>({ round, ...settings });
    started.stop();
    return started;
  });
  return {
    ready: running.ready,
    turn: (work) => round.turns.take(async () => {
      running.continue();
      try {
        return await work(running.call);
      } finally {
        running.stop();
      }
    }),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

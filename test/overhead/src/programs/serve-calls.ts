import type { Call, ChildMessage } from '../child-protocol.ts';

type Serve = (argument: never) => unknown;

/** Says that the program is ready, and answers the parent's calls from then on. */
export function serveCalls(ready: unknown, calls: Readonly<Record<string, Serve>>): void {
  const send = (message: ChildMessage): void => void process.send?.(message);
  process.on('message', ({ id, name, argument }: Call) => {
    void (async () => {
      try {
        const serve = calls[name];
        if (serve === undefined) throw new Error(`There is no call ${name}`);
        send({ type: 'result', id, value: await serve(argument as never) });
      } catch (error) {
        send({ type: 'error', id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    })();
  });
  // Nothing is left to do when the parent has gone.
  process.on('disconnect', () => process.exit());
  send({ type: 'ready', value: ready });
}

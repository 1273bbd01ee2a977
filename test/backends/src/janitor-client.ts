import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Janitor {
  /** A process group to end. */
  watchGroup(pid: number): void;
  forgetGroup(pid: number): void;
  /** A directory to remove. */
  watchDirectory(path: string): void;
  forgetDirectory(path: string): void;
}

let instance: Janitor | undefined;

/** The process that cleans up after this one when it cannot do so itself: after a crash, Ctrl-C or SIGKILL. */
export function janitor(): Janitor {
  return (instance ??= startJanitor());
}

function startJanitor(): Janitor {
  const child = spawn(process.execPath, [fileURLToPath(new URL('janitor.ts', import.meta.url))], {
    detached: true, // out of reach of the terminal's Ctrl-C
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', (error) => {
    throw new Error('The process that cleans up after the tests cannot be started.', { cause: error });
  });
  // It must not keep this process alive; it ends when this process's end of the pipe is closed, by whatever means.
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  const tell = (message: readonly [string, string | number]): void => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  return {
    watchGroup: (pid) => tell(['watch-group', pid]),
    forgetGroup: (pid) => tell(['forget-group', pid]),
    watchDirectory: (path) => tell(['watch-directory', path]),
    forgetDirectory: (path) => tell(['forget-directory', path]),
  };
}

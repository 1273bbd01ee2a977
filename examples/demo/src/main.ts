/** `npx -y pnpm@12.21.0 demo`: an example under load, its telemetry in the viewer, and the report. */
import { constants } from 'node:os';
import { DemoError } from './demo-error.ts';
import { readOptions, USAGE } from './options.ts';
import { runDemo } from './run-demo.ts';

const interruption = new AbortController();
/** As shells count a process that a signal ended. */
let interruptedExitCode: number | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Somebody who asks twice does not want to wait. The children end with this process.
    if (interruptedExitCode !== undefined) process.exit(interruptedExitCode);
    interruptedExitCode = 128 + constants.signals[signal];
    interruption.abort(new DemoError('Interrupted'));
  });
}

async function main(): Promise<number> {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options === 'help') {
      console.log(USAGE);
      return 0;
    }
    await runDemo(options, interruption.signal);
    return 0;
  } catch (error) {
    if (error instanceof DemoError) console.error(`\n${error.message}`);
    else console.error(error);
    return interruptedExitCode ?? 1;
  }
}

process.exit(await main());

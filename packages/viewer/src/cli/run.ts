import { VERSION } from '../version.ts';
import { CliError } from './cli-error.ts';
import type { Command } from './command-line.ts';
import { readCommandLine, USAGE } from './command-line.ts';

/** Runs one command line to its end; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  // A reader that has seen enough, such as `head`, is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    await runCommand(readCommandLine(args));
    return 0;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    console.error(error.message);
    return error.exitCode;
  }
}

async function runCommand(command: Command): Promise<void> {
  switch (command.name) {
    case 'help':
      console.log(USAGE);
      break;
    case 'version':
      console.log(VERSION);
      break;
    case 'report':
      await (await import('./report-command.ts')).runReport(command);
      break;
    case 'view':
      await (await import('./view-command.ts')).runView(command);
      break;
  }
}

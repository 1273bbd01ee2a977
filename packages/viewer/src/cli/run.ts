import { VERSION } from '../version.ts';
import { CliError } from './cli-error.ts';
import { readCommandLine, USAGE } from './command-line.ts';

/** Runs one command line to its end; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  // A reader that has seen enough, such as `head`, is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    const command = readCommandLine(args);
    switch (command.name) {
      case 'help':
        console.log(USAGE);
        return 0;
      case 'version':
        console.log(VERSION);
        return 0;
      case 'report':
        await (await import('./report-command.ts')).runReport(command);
        return 0;
      case 'view':
        await (await import('./view-command.ts')).runView(command);
        return 0;
    }
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    console.error(error.message);
    return error.exitCode;
  }
}

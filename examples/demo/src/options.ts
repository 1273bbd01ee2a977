import { parseArgs } from 'node:util';
import { DemoError } from './demo-error.ts';
import { DEMOS, type Demo } from './demos.ts';

export interface DemoOptions {
  readonly demo: Demo;
  /** Ends after the report instead of serving on. */
  readonly once: boolean;
  /** Port of the viewer; 0 = any. */
  readonly port: number;
  /** Port of the example; 0 = any. */
  readonly appPort: number;
  /** How long the load lasts. */
  readonly seconds: number;
}

const LONGEST_LOAD_SECONDS = 3600;

const demoList = DEMOS.map(({ name, description }) => `  ${name.padEnd(18)} ${description}`).join('\n');

export const USAGE = `Usage: npx -y pnpm@12.21.0 demo [example] [options]

Runs an example under load, receives its traces and profiles, and prints which code made its spans slow.

Examples (default ${DEMOS[0]?.name}):
${demoList}

Options:
  --once             end after the report; otherwise the viewer serves on until Ctrl-C
  --port <port>      port of the viewer (default 4318; 0 = any)
  --app-port <port>  port of the example (default 3000; 0 = any)
  --seconds <number> how long the load lasts (default 20)
  --help`;

function readWholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
    throw new DemoError(`--${option} must be a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}

function parseCommandLine(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        once: { type: 'boolean', default: false },
        port: { type: 'string', default: '4318' },
        'app-port': { type: 'string', default: '3000' },
        seconds: { type: 'string', default: '20' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new DemoError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

/** The options of a command line, or `'help'`. Throws a {@link DemoError} that says what is wrong with it. */
export function readOptions(args: readonly string[]): DemoOptions | 'help' {
  const { values, positionals } = parseCommandLine(args);
  if (values.help) return 'help';
  const [name = DEMOS[0]?.name, ...rest] = positionals;
  const demo = DEMOS.find((candidate) => candidate.name === name);
  if (demo === undefined || rest.length > 0) {
    const unknown = demo === undefined ? `There is no example "${name}".` : `One example at a time, please: "${rest.join(' ')}" is too much.`;
    throw new DemoError(`${unknown} These exist:\n${demoList}`);
  }
  return {
    demo,
    once: values.once,
    port: readWholeNumber('port', values.port, 0, 65_535),
    appPort: readWholeNumber('app-port', values['app-port'], 0, 65_535),
    seconds: readWholeNumber('seconds', values.seconds, 1, LONGEST_LOAD_SECONDS),
  };
}

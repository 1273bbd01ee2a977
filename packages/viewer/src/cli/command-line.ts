import { parseArgs } from 'node:util';
import { DEFAULT_MAX_BYTES } from '../store/store.ts';
import { CliError } from './cli-error.ts';

export type Command = ViewCommand | ReportCommand | { readonly name: 'help' | 'version' };

export interface ViewCommand {
  readonly name: 'view';
  readonly files: readonly string[];
  readonly port: number;
  /** undefined = not opened. */
  readonly grpcPort: number | undefined;
  readonly maxBytes: number;
  readonly open: boolean;
}

export interface ReportCommand {
  readonly name: 'report';
  /** Files, or the address of a running viewer. */
  readonly sources: readonly string[];
  readonly maxBytes: number;
  /** undefined = that of the terminal. */
  readonly width: number | undefined;
  readonly service: string | undefined;
  readonly endpoint: string | undefined;
}

const DEFAULT_PORT = 4318;
const DEFAULT_GRPC_PORT = 4317;
const DEFAULT_ADDRESS = `http://127.0.0.1:${DEFAULT_PORT}`;

export const USAGE: string = `Usage: flamespan-viewer [file…] [options]
       flamespan report [file… | address] [options]

flamespan-viewer receives OpenTelemetry traces and profiles on this machine and shows in a page which code made a span
slow. Files are opened into it: OTLP (.otlp, .pb, .json, JSON lines; traces or profiles) and pprof (.pb.gz, .pprof).

  --port <port>        port of the page and of OTLP/HTTP (default ${DEFAULT_PORT}; 0 = any)
  --grpc-port <port>   port of OTLP/gRPC (default ${DEFAULT_GRPC_PORT}; 0 = any, none = not opened)
  --max-memory <size>  what traces and profiles may take, the oldest go first (default ${DEFAULT_MAX_BYTES / 1024 ** 2}MiB)
  --open               open the page in the browser
  --version            print the version
  --help               print this

flamespan report prints top endpoints and the slowest trace as text: of files, or of a running viewer
(default ${DEFAULT_ADDRESS}).

  --width <columns>    80 to 240 (default: the terminal's, else 100)
  --service <name>     of this service only
  --endpoint <name>    slowest trace of this endpoint
  --max-memory <size>  as above

Exit codes: 0 done, 1 could not be done, 2 not understood.`;

const OPTIONS = {
  port: { type: 'string' },
  'grpc-port': { type: 'string' },
  'max-memory': { type: 'string' },
  open: { type: 'boolean' },
  width: { type: 'string' },
  service: { type: 'string' },
  endpoint: { type: 'string' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

const ONLY_VIEW = ['port', 'grpc-port', 'open'] as const;
const ONLY_REPORT = ['width', 'service', 'endpoint'] as const;

/** @throws CliError that says what is wrong */
export function readCommandLine(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help === true) return { name: 'help' };
  if (values.version === true) return { name: 'version' };
  const maxBytes = values['max-memory'] === undefined ? DEFAULT_MAX_BYTES : readSize(values['max-memory']);
  const isReport = positionals[0] === 'report';
  for (const name of isReport ? ONLY_VIEW : ONLY_REPORT) {
    if (values[name] !== undefined) throw misunderstood(`--${name} is an option of ${isReport ? 'flamespan-viewer' : 'flamespan report'}`);
  }
  if (!isReport) {
    return {
      name: 'view',
      files: positionals,
      port: readWholeNumber('port', values.port ?? String(DEFAULT_PORT), 0, 65_535),
      grpcPort: values['grpc-port'] === 'none' ? undefined : readWholeNumber('grpc-port', values['grpc-port'] ?? String(DEFAULT_GRPC_PORT), 0, 65_535),
      maxBytes,
      open: values.open === true,
    };
  }
  const sources = positionals.slice(1);
  return {
    name: 'report',
    sources: sources.length === 0 ? [DEFAULT_ADDRESS] : sources,
    maxBytes,
    width: values.width === undefined ? undefined : readWholeNumber('width', values.width, 80, 240),
    service: values.service,
    endpoint: values.endpoint,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw misunderstood((error as Error).message);
  }
}

function misunderstood(message: string): CliError {
  return new CliError(2, `${message}\nflamespan-viewer --help says what there is.`);
}

function readWholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw misunderstood(`--${option} must be a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}

const UNITS: Readonly<Record<string, number>> = { mb: 1e6, mib: 1024 ** 2, gb: 1e9, gib: 1024 ** 3 };
const LEAST_BYTES = 1024 ** 2;

function readSize(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text) ?? [];
  const bytes = Math.round(Number(amount) * (UNITS[unit.toLowerCase()] ?? NaN));
  if (!Number.isSafeInteger(bytes) || bytes < LEAST_BYTES) {
    throw misunderstood(`--max-memory must be a size of at least 1MiB, such as 512MiB or 2GiB, not "${text}"`);
  }
  return bytes;
}

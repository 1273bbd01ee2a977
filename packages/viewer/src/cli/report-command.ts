import { renderReport } from '../report/report.ts';
import { CliError } from './cli-error.ts';
import type { ReportCommand } from './command-line.ts';
import { openSavedFiles } from './saved-store.ts';

const ANSWER_DEADLINE_MILLIS = 30_000;
const PLAIN_WIDTH = 100;

/** Prints the report of files or of a running viewer. @throws CliError */
export async function runReport(command: ReportCommand): Promise<void> {
  const { stdout } = process;
  const width = command.width ?? (stdout.isTTY ? Math.min(240, Math.max(80, stdout.columns)) : PLAIN_WIDTH);
  const color = stdout.isTTY && stdout.hasColors();
  const [source = '', ...others] = command.sources;
  const isAddress = /^https?:\/\//i.test(source);
  if (isAddress && others.length > 0) throw new CliError(2, 'One address at a time, and no files beside it');
  const text = isAddress ? await reportOfViewer(source, width, color, command) : await reportOfFiles(width, color, command);
  stdout.write(`${text.trimEnd()}\n`);
}

async function reportOfFiles(width: number, color: boolean, { sources, maxBytes, service, endpoint }: ReportCommand): Promise<string> {
  const store = await openSavedFiles(sources, maxBytes);
  return renderReport(store, { width, color, ...(service !== undefined && { service }), ...(endpoint !== undefined && { endpoint }) });
}

async function reportOfViewer(address: string, width: number, color: boolean, { service, endpoint }: ReportCommand): Promise<string> {
  const named = URL.parse(address);
  if (named === null) throw new CliError(2, `${address} is no address`);
  // People copy the address of any view of the page; what is chosen there says something else to the report.
  const url = named.pathname === '/report' ? named : new URL('/report', named);
  url.searchParams.set('width', String(width));
  if (color) url.searchParams.set('color', '1');
  if (service !== undefined) url.searchParams.set('service', service);
  if (endpoint !== undefined) url.searchParams.set('endpoint', endpoint);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(ANSWER_DEADLINE_MILLIS) });
    text = await response.text();
  } catch (error) {
    throw new CliError(1, `No viewer answers at ${url.origin} (${reasonOf(error)}). Start one with flamespan-viewer, or name a file.`, { cause: error });
  }
  if (!response.ok || response.headers.get('content-type')?.startsWith('text/plain') !== true) {
    throw new CliError(1, `What answers at ${url.origin} is no viewer: ${response.status} ${response.headers.get('content-type') ?? ''}. ${printable(text, false).slice(0, 200).trim()}`);
  }
  return printable(text, color);
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}

/** What comes from elsewhere moves no cursor and sets no title. */
function printable(text: string, color: boolean): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\u001B\[[\d;]*m|[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g, (match) => (color && match.length > 1 ? match : ''));
}

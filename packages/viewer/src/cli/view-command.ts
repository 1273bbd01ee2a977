import { formatNumberOf } from '../report/units.ts';
import { startCheckedViewer } from '../server/viewer.ts';
import type { RunningViewer } from '../server/viewer.ts';
import { ViewerError } from '../server/viewer-error.ts';
import { checkOptions } from '../server/viewer-options.ts';
import { VERSION } from '../version.ts';
import { CliError } from './cli-error.ts';
import type { ViewCommand } from './command-line.ts';
import { pprofCopies } from './exported-file.ts';
import { openInBrowser } from './open-in-browser.ts';
import { openSavedFiles } from './saved-store.ts';

/** Serves until a signal ends it. @throws CliError */
export async function runView(command: ViewCommand): Promise<void> {
  const interrupted = waitForSignal();
  const viewer = await start(command);
  console.log(greeting(viewer, command));
  if (command.open) {
    const problem = await openInBrowser(viewer.url);
    if (problem !== undefined) console.error(`The browser could not be opened (${problem}); the page is at ${viewer.url}`);
  }
  await interrupted;
  await viewer.close();
}

async function start({ files, port, grpcPort, maxBytes }: ViewCommand): Promise<RunningViewer> {
  const store = await openSavedFiles(files, maxBytes);
  try {
    return await startCheckedViewer(checkOptions({ port, grpcPort, maxBytes }), store);
  } catch (error) {
    if (!(error instanceof ViewerError)) throw error;
    throw new CliError(1, error.code === 'ERR_PORT_IN_USE'
      ? `Port ${port} is taken, perhaps by a Collector or another viewer. Stop that, or choose another one with --port, 0 for any, and point OTEL_EXPORTER_OTLP_ENDPOINT there.`
      : error.message, { cause: error });
  }
}

function greeting({ url, grpcUrl, grpcProblem, store }: RunningViewer, { files }: ViewCommand): string {
  const { traces, spans, profiles, samples } = store.stats();
  const copies = pprofCopies(files);
  const opened = files.filter((file) => !copies.includes(file));
  return [
    `Flamespan viewer ${VERSION}: ${url}`,
    ...(opened.length === 0 ? [] : [`Opened ${opened.length === 1 ? opened[0] : `${opened.length} files`}: ${formatNumberOf(traces, 'trace')} with ${formatNumberOf(spans, 'span')}, ${formatNumberOf(profiles, 'profile')} with ${formatNumberOf(samples, 'sample')}`]),
    ...(copies.length === 0 ? [] : [`Left out ${formatNumberOf(copies.length, 'pprof file')}: the .otlp ${copies.length === 1 ? 'file of the same name has' : 'files of the same names have'} all of it`]),
    ...(grpcProblem === null ? [] : [`Without gRPC: ${grpcProblem}`]),
    '',
    'To send it the traces and profiles of a service:',
    `  export OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
    ...(grpcUrl === null ? [] : [`or, where its exporters speak gRPC:`, `  export OTEL_EXPORTER_OTLP_ENDPOINT=${grpcUrl}`]),
    '',
    'Ctrl-C ends it; what it holds is gone then.',
  ].join('\n');
}

/** Resolves at the first signal that asks to end. At the second nobody waits any more. */
function waitForSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve();
      });
    }
  });
}

/** `pnpm bench`: see `--help`. */
import { bundlePackages } from '../../compat/src/bundle-packages.ts';
import { writeBenchmarks } from './benchmark-document.ts';
import { describeMachine } from './machine.ts';
import { helpText, BenchError, parseOptions } from './options.ts';
import type { BenchOptions } from './options.ts';
import type { RowResult } from './results.ts';
import { ROWS } from './rows.ts';
import { plan, runRow } from './run-rows.ts';
import { tableOf, terminalTable } from './table.ts';

async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, ROWS);
  if (options.help) {
    console.log(helpText(ROWS));
    return;
  }
  const runs = plan(options);
  if (runs.length === 0) throw new BenchError('Nothing of that can be measured: Node 26 is for plain and ours, and not for every row.');
  await bundleMeasured();
  const start = performance.now();
  const results: RowResult[] = [];
  for (const run of runs) {
    const result = await runRow(run, options.minutes, (line) => console.error(`${elapsed(start)}  ${line}`));
    results.push(result);
    console.log([`\n${run.row.title} (Node ${run.node}, ${run.rounds} rounds)`, terminalTable(tableOf(run.row, result)), result.remarks ?? ''].join('\n'));
  }
  await conclude(options, results);
}

async function conclude({ write, full, nodes }: BenchOptions, results: readonly RowResult[]): Promise<void> {
  if (!write) {
    console.error('\nNot written into docs/benchmarks.md: --write does that.');
    return;
  }
  await writeBenchmarks(results, describeMachine(nodes), full, ROWS);
  console.error('\nWritten into docs/benchmarks.md.');
}

/** What is measured is the code that users get. */
async function bundleMeasured(): Promise<void> {
  await bundlePackages(['span-processor', 'exporter-otlp-http', 'exporter-file']).catch((error: Error & { stderr?: string }) => {
    throw new BenchError(`The packages cannot be bundled:\n${error.stderr ?? error.message}`);
  });
}

function elapsed(start: number): string {
  const seconds = Math.round((performance.now() - start) / 1_000);
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof BenchError ? error.message : error);
  process.exitCode = error instanceof BenchError ? 2 : 1;
}

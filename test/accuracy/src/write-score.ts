/**
 * Runs the whole matrix of test/compat, longer than the tests do, and writes the score into the README:
 * `node --conditions=@flamespan/source test/accuracy/src/write-score.ts`
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { InstalledApp, SdkMajor } from '../../compat/src/installed-app.ts';
import { bundlePackages } from '../../compat/src/bundle-packages.ts';
import { ENTRY, installApp } from '../../compat/src/installed-app.ts';
import { faultsOf, runHttpServer, runSetUp, SET_UPS } from '../../compat/src/matrix.ts';
import type { NodeRow } from '../../compat/src/node-versions.ts';
import { nodeRows } from '../../compat/src/node-versions.ts';
import { KINDS } from './kinds.ts';
import { EARLY } from './recording.ts';
import type { Report, TotalScore } from './report.ts';
import { mergeReports, totalOf } from './report.ts';

const README = new URL('../../../README.md', import.meta.url);
const START = '<!-- accuracy:start -->';
const END = '<!-- accuracy:end -->';
const HTTP_MILLIS = 10_000;
const DEFAULT_INTERVAL_MICROS = 10_101;

const faults: string[] = [];

async function scored(name: string, running: Promise<Report>, check: (report: Report) => string[]): Promise<Report> {
  const report = await running;
  const found = check(report).map((fault) => `${name}: ${fault}`);
  faults.push(...found);
  console.log(name, totalOf(report.scores).samples, 'samples', ...found);
  return report;
}

/** What ran in spans that were active before sampling began is counted apart. */
function scoreOf(reports: readonly Report[], early: boolean): TotalScore {
  return totalOf(mergeReports(reports).scores.filter(({ kind }) => kind.endsWith(EARLY) === early));
}

function shown(number: number): string {
  return number.toLocaleString('en');
}

async function nodeName({ execPath, execArgv }: NodeRow): Promise<string> {
  const { stdout } = await promisify(execFile)(execPath, ['--version']);
  return [stdout.trim().slice(1), ...execArgv.map((flag) => `\`${flag}\``)].join(' ');
}

async function packageVersion(sdk: SdkMajor, name: string): Promise<string> {
  const url = new URL(`../../compat/sdk-${sdk}/node_modules/@opentelemetry/${name}/package.json`, import.meta.url);
  return (JSON.parse(await readFile(url, 'utf8')) as { version: string }).version;
}

async function scoreRow(node: NodeRow, app: InstalledApp, sdk: SdkMajor): Promise<string> {
  const name = await nodeName(node);
  const labelled = (setUp: string): string => `SDK ${sdk}, ${name}, ${setUp}`;
  const http = await scored(labelled('HTTP'), runHttpServer({ node, app }, { runMillis: HTTP_MILLIS }), faultsOf);
  const slow = await scored(labelled('HTTP at 99 Hz'), runHttpServer({ node, app }, { runMillis: HTTP_MILLIS, samplingIntervalMicros: DEFAULT_INTERVAL_MICROS }), faultsOf);
  const others: Report[] = [];
  for (const setUp of SET_UPS.filter(({ sdks }) => sdks?.includes(sdk) ?? true)) {
    others.push(await scored(labelled(setUp.name), runSetUp({ node, app }, setUp), (report) => faultsOf(report, setUp)));
  }
  all.push(http, slow, ...others);
  const { right, wrong, unlabelled, endpointRight } = scoreOf([http, slow, ...others], false);
  const samples = [[http], [slow], others].map((reports) => shown(scoreOf(reports, false).samples)).join(' + ');
  const versions = `${await packageVersion(sdk, 'context-async-hooks')}, ${await packageVersion(sdk, 'api')}`;
  return `| ${name} | ${versions} | ${samples} | ${[right, wrong, unlabelled, endpointRight].map(shown).join(' | ')} |`;
}

const all: Report[] = [];
const rows: string[] = [];
await bundlePackages([ENTRY]);
for (const sdk of [2, 3] as const) {
  const app = await installApp(sdk);
  try {
    for (const node of nodeRows()) rows.push(await scoreRow(node, app, sdk));
  } finally {
    await app.remove();
  }
}

const early = scoreOf(all, true);
const table = [
  START,
  `Measured on ${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}, ${KINDS.size} kinds of continuation:`,
  '',
  '| Node.js | SDK, API | samples: server at 1 000 Hz + at 99 Hz + other set-ups | right span | wrong span | no span | right endpoint |',
  '|---|---|---|---|---|---|---|',
  ...rows,
  '',
  `Counted apart: ${shown(early.samples)} samples in spans that had become active before sampling began or began again. ` +
    `Of these ${shown(early.right)} have the right span, ${shown(early.wrong)} a wrong one and ${shown(early.unlabelled)} none.`,
  END,
].join('\n');

if (faults.length > 0) {
  console.error(`Not written, for there are faults:\n${faults.join('\n')}\n${table}`);
  process.exitCode = 1;
} else {
  const readme = await readFile(README, 'utf8');
  const [before, after] = [readme.indexOf(START), readme.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`README.md has no ${START} and ${END}`);
  await writeFile(README, readme.slice(0, before) + table + readme.slice(after + END.length));
}

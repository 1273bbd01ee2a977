import { EARLY } from '../../accuracy/src/recording.ts';
import type { Report, TotalScore } from '../../accuracy/src/report.ts';
import { runProgram } from '../../accuracy/src/run-program.ts';
import type { InstalledApp, SdkMajor } from './installed-app.ts';
import type { NodeRow } from './node-versions.ts';

/** What is right is the same everywhere; a set-up says what else is to be expected of it. */
export interface SetUp {
  readonly name: string;
  /** Beginnings of the warnings that must be said, and no others. */
  readonly complaints?: readonly string[];
  readonly sdks?: readonly SdkMajor[];
}

const COMPLAINT = '@flamespan/span-processor';

export const SET_UPS: readonly SetUp[] = [
  { name: 'provider' },
  { name: 'startNodeSdk', sdks: [3] },
  { name: 'derivedContextManager' },
  { name: 'closedContextManager' },
  { name: 'lateContextManager', complaints: [`${COMPLAINT} Profiles carry no links to spans: no OpenTelemetry context manager`] },
  { name: 'replacedContextManager' },
  { name: 'processorTwice', complaints: [`${COMPLAINT} Profiling is off: Another Flamespan profiler`] },
  { name: 'twoCopies', complaints: [`${COMPLAINT} Profiling is off: Another Flamespan profiler`] },
  { name: 'restartedUnderLoad' },
  { name: 'startedUnderLoad' },
  { name: 'workers' },
];

export interface MatrixRow {
  readonly node: NodeRow;
  readonly app: InstalledApp;
}

/** The service with an endpoint for each kind of continuation. */
export function runHttpServer({ node, app }: MatrixRow, load: { readonly runMillis: number; readonly isEnough?: (soFar: TotalScore) => boolean; readonly samplingIntervalMicros?: number }): Promise<Report> {
  return runProgram({ program: app.httpServer, ...node, sdkLine: app.sdkLine, samplingIntervalMicros: 1_000, ...load });
}

export function runSetUp({ node, app }: MatrixRow, { name }: SetUp): Promise<Report> {
  return runProgram({
    program: app.setUps, ...node, sdkLine: app.sdkLine, runMillis: 600, samplingIntervalMicros: 1_000,
    setUp: name, env: { SECOND_COPY: app.secondCopy.href },
  });
}

/** What is wrong with a report, in words; empty if nothing is. */
export function faultsOf(report: Report, { name, complaints: expected = [] }: Partial<SetUp> = {}): string[] {
  const { scores, contradictions, complaints, failures, errors } = report;
  const faults = [...contradictions, ...failures];
  if (errors > 0) faults.push(`${errors} faults of our own`);
  faults.push(...complaints.filter((said) => !expected.some((start) => said.startsWith(start))).map((said) => `unexpected: ${said}`));
  faults.push(...expected.filter((start) => !complaints.some((said) => said.startsWith(start))).map((start) => `not said: ${start}`));
  for (const { kind, samples, right, wrong, unlabelled, wrongLocalRoot, endpointWrong } of scores) {
    // Where sampling began in the midst of spans, the work that was waiting just then is without a span once.
    const early = kind.endsWith(EARLY) && name !== 'restartedUnderLoad';
    const labelled = early ? right + unlabelled === samples : right === samples && wrongLocalRoot === 0 && endpointWrong === 0;
    if (labelled) continue;
    faults.push(`${kind}: of ${samples} samples ${wrong} wrong, ${unlabelled} unlabelled, ${wrongLocalRoot} with a wrong local root, ${endpointWrong} with a wrong endpoint`);
  }
  return faults;
}

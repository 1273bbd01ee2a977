import { expect, test } from 'vitest';
import { totalOf } from '../src/report.ts';
import { runProgram } from '../src/run-program.ts';

test.each([
  { samplingIntervalMicros: 1_000, runMillis: 8_000, minSamples: 2_000, mayMissKinds: 0 },
  { samplingIntervalMicros: 10_101, runMillis: 8_000, minSamples: 200, mayMissKinds: 30 },
])('every sample has the span and the endpoint it was taken in: $samplingIntervalMicros µs', { timeout: 120_000 }, async ({ samplingIntervalMicros, runMillis, minSamples, mayMissKinds }) => {
  const report = await runProgram({
    program: new URL('../src/programs/http-server.ts', import.meta.url),
    execPath: process.execPath,
    execArgv: ['--conditions=@flamespan/source'],
    sdkLine: new URL('../../compat/sdk-3/src/sdk-line.ts', import.meta.url),
    runMillis,
    isEnough: ({ samples, unseenKinds }) => samples > minSamples && unseenKinds.length <= mayMissKinds,
    samplingIntervalMicros,
  });
  const { scores, runs: _, ...rest } = report;
  console.table(scores);
  const total = totalOf(scores);
  expect(rest).toEqual({ contradictions: [], complaints: [], errors: 0, failures: [] });
  expect(scores.filter(({ samples, right, endpointRight, wrongLocalRoot }) => right < samples || endpointRight < samples || wrongLocalRoot > 0)).toEqual([]);
  expect(total.samples).toBeGreaterThan(minSamples);
  expect(total.unseenKinds.length).toBeLessThanOrEqual(mayMissKinds);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LEAST_RIGHT } from '../../accuracy/src/recording.ts';
import type { Report } from '../../accuracy/src/report.ts';
import { totalOf } from '../../accuracy/src/report.ts';
import type { InstalledApp, SdkMajor } from '../src/installed-app.ts';
import { bundlePackages } from '../src/bundle-packages.ts';
import { ENTRY, installApp } from '../src/installed-app.ts';
import { faultsOf, runHttpServer, runSetUp, SET_UPS } from '../src/matrix.ts';
import { nodeRows, NODES_PINNED } from '../src/node-versions.ts';

const HTTP_MILLIS = 4_000;
const LEAST_SAMPLES = 300;
const MOST_UNSEEN_KINDS = 9;

const summary: object[] = [];

function summarise(row: string, setUp: string, { scores, runs }: Report): void {
  const { samples, right, wrong, unlabelled, endpointWrong } = totalOf(scores);
  summary.push({ row, 'set-up': setUp, runs, samples, right, wrong, unlabelled, 'endpoint wrong': endpointWrong });
}

// The Nodes are npm packages for Linux.
describe.runIf(NODES_PINNED)('every supported Node and SDK', () => {
  const apps = new Map<SdkMajor, InstalledApp>();

  beforeAll(async () => {
    await bundlePackages([ENTRY]);
    for (const sdk of [2, 3] as const) apps.set(sdk, await installApp(sdk));
  }, 60_000);

  afterAll(async () => {
    console.table(summary);
    for (const app of apps.values()) await app.remove();
  });

  describe.each([2, 3] as const)('SDK %i', (sdk) => {
    describe.each(NODES_PINNED ? nodeRows() : [])('$name', (node) => {
      test('every sample has the span and the endpoint it was taken in', { timeout: 120_000 }, async () => {
        const report = await runHttpServer({ node, app: apps.get(sdk)! }, {
          runMillis: HTTP_MILLIS,
          isEnough: ({ samples, unseenKinds }) => samples > LEAST_SAMPLES && unseenKinds.length <= MOST_UNSEEN_KINDS,
        });
        summarise(`SDK ${sdk}, ${node.name}`, 'NodeSDK, HTTP', report);
        expect(faultsOf(report)).toEqual([]);
        expect(totalOf(report.scores).samples).toBeGreaterThan(LEAST_SAMPLES);
        expect(totalOf(report.scores).unseenKinds.length).toBeLessThanOrEqual(MOST_UNSEEN_KINDS);
      });

      test.each(SET_UPS.filter(({ sdks }) => sdks?.includes(sdk) ?? true))('$name', { timeout: 90_000 }, async (setUp) => {
        const report = await runSetUp({ node, app: apps.get(sdk)! }, setUp);
        summarise(`SDK ${sdk}, ${node.name}`, setUp.name, report);
        expect(faultsOf(report, setUp)).toEqual([]);
        expect(totalOf(report.scores).right).toBeGreaterThan(LEAST_RIGHT);
      });
    });
  });
});

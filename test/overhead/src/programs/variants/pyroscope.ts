import { createRequire } from 'node:module';
import type { ProcessSettings } from '../../child-protocol.ts';
import type { RunningVariant } from '../running-variant.ts';
import { startNodeSdk } from './node-sdk.ts';

const require = createRequire(import.meta.url);

export function startPyroscope({ serverUrl, uploadSeconds }: ProcessSettings): RunningVariant {
  startNodeSdk();
  const { default: pyroscope } = require('@pyroscope/nodejs') as { default: { init(options: object): void; start(): void } };
  pyroscope.init({
    appName: 'overhead',
    serverAddress: serverUrl,
    wall: { collectCpuTime: true },
    ...(uploadSeconds === undefined ? {} : { flushIntervalMs: uploadSeconds * 1_000 }),
  });
  pyroscope.start();
  return {};
}

/** A service on one framework, with our processor. What its profiles say is reported to the test. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire, register } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Profile } from '@flamespan/profile';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { HttpInstrumentation as OldHttpInstrumentation } from 'instrumentation-http-203';
import { startExpress } from './apps/express.ts';
import { startFastify } from './apps/fastify.ts';
import { startNodeHttp } from './apps/node-http.ts';
import { linksOf } from './links.ts';
import type { AppName, AppSettings, Command, Reply } from './messages.ts';
import { ServerSpans } from './server-spans.ts';

const { name, modules, semanticConventions } = JSON.parse(process.env['FRAMEWORKS_APP'] ?? '{}') as AppSettings;
const profiles: Profile[] = [];
const logged: string[] = [];
const serverSpans = new ServerSpans();

const log = (...parts: unknown[]): void => void logged.push(parts.map(String).join(' '));
const ignore = (): void => {};
diag.setLogger({ error: log, warn: log, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);

if (modules === 'esm') register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const processor = new ProfilingSpanProcessor({
  exporter: {
    export: (profile, done) => {
      profiles.push(profile);
      done({ code: 0 });
    },
    shutdown: () => Promise.resolve(),
  },
});
new NodeSDK({
  serviceName: 'app',
  autoDetectResources: false,
  instrumentations: [
    semanticConventions === 'old' ? new OldHttpInstrumentation() : new HttpInstrumentation(),
    new ExpressInstrumentation(),
  ],
  spanProcessors: [processor, serverSpans],
}).start();

const require = createRequire(import.meta.url);

async function load<Module>(specifier: string): Promise<Module> {
  return modules === 'esm' ? ((await import(specifier)) as { default: Module }).default : (require(specifier) as Module);
}

const flush = (): Promise<void> => processor.forceFlush();

const starts: Record<AppName, () => Promise<Server>> = {
  'express-4': async () => startExpress(await load('express-4'), flush),
  'express-5': async () => startExpress(await load('express'), flush),
  fastify: async () => startFastify(await load('fastify'), flush),
  'node-http': async () => startNodeHttp(await load('node:http'), flush),
};
const server = await starts[name]();

function reply(message: Reply): void {
  process.send?.(message);
}

process.on('message', (_command: Command) => void (async () => {
  // Spans of requests end with their responses, which may be a little later than clients have read them.
  await once(server.close(), 'close');
  await turn();
  await flush();
  reply({
    type: 'report',
    logged,
    ...linksOf(profiles, serverSpans),
    serverSpans: Object.fromEntries(serverSpans.ended),
    methodAttributes: [...serverSpans.methodAttributes],
    strings: [...new Set(profiles.flatMap((profile) => profile.strings))],
  });
})());

reply({ type: 'listening', port: (server.address() as AddressInfo).port });

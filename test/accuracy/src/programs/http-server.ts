/** A service with one endpoint for each kind of continuation, set up as users do with `NodeSDK`. */
import { trace } from '@opentelemetry/api';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import type { Express, Request, Response } from 'express';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { KINDS } from '../kinds.ts';
import type { ParentMessage } from '../program.ts';
import { programEnvironment, tellParent } from '../program.ts';
import { Recording } from '../recording.ts';
import { createSurroundings } from '../surroundings.ts';

const { upstreamPort, sdkLine } = await programEnvironment();
const recording = new Recording();
const processor = new ProfilingSpanProcessor(recording.processorOptions);
const sdk = sdkLine.startNodeSdk([processor, recording.truth]);

// By `require`, which instrumentations see without a loader hook.
const require = createRequire(process.env.SDK_LINE ?? '');
const express = require('express') as { (): Express; Router(): Express };

const tracer = trace.getTracer('accuracy');
const surroundings = createSurroundings({ upstreamPort, collect: () => void processor.forceFlush() });
const app = express();
const router = express.Router();
app.use('/nested', router);
let index = 0;
for (const [kind, continuation] of KINDS) {
  const nested = index++ % 2 === 1;
  const endpoint = `GET ${nested ? '/nested' : ''}/${kind}/:id`;
  const handle = async (request: Request, response: Response): Promise<void> => {
    await recording.run({ kind, continuation, id: Number(request.params.id), tracer, surroundings, endpoint });
    response.json({ kind });
  };
  (nested ? router : app).get(`/${kind}/:id`, (request: Request, response: Response, next) => {
    handle(request, response).catch(next);
  });
}
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');

process.on('message', (message: ParentMessage) => {
  void (message === 'soFar' ? tellParent({ soFar: recording.soFar }) : finish());
});
await tellParent({ port: (server.address() as AddressInfo).port });

async function finish(): Promise<void> {
  server.close();
  server.closeIdleConnections();
  await once(server, 'close');
  await sdk.shutdown();
  await surroundings.close();
  await tellParent({ report: recording.report([processor]) });
  process.disconnect();
}

import type { Context, Span } from '@opentelemetry/api';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { EventEmitter } from 'node:events';
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import type { Continuation, Run } from '../continuation.ts';

/** A child span that is active while `work` runs. */
function inChild<T>(run: Run, work: (child: Span) => T): T {
  return run.tracer.startActiveSpan('child', (child) => {
    try {
      return work(child);
    } finally {
      child.end();
    }
  });
}

/** API 1.10 and newer. */
type WithAttach = Omit<typeof context, 'attach'> & { attach?(active: Context): { dispose(): void } };

export const activation: Readonly<Record<string, Continuation>> = {
  async insideChild(run) {
    await inChild(run, async (child) => {
      run.burn(child);
      await immediate();
      run.burn(child);
    });
  },
  async afterChild(run) {
    inChild(run, (child) => run.burn(child));
    run.burn();
  },
  async afterChildThenAwait(run) {
    inChild(run, (child) => run.burn(child));
    await immediate();
    run.burn();
  },
  async afterAsyncChild(run) {
    const ended = inChild(run, async (child) => {
      await sleep(1);
      run.burn(child);
    });
    run.burn();
    await ended;
    run.burn();
  },
  async siblings(run) {
    await Promise.all([1, 2].map((delay) => inChild(run, async (child) => {
      await sleep(delay);
      run.burn(child);
      await immediate();
      run.burn(child);
    })));
    run.burn();
  },
  async afterThrow(run) {
    try {
      inChild(run, (child) => {
        run.burn(child);
        throw new Error('expected');
      });
    } catch {
      run.burn();
    }
    await immediate();
    run.burn();
  },
  async afterRejection(run) {
    try {
      await inChild(run, async (child) => {
        await immediate();
        run.burn(child);
        throw new Error('expected');
      });
    } catch {
      run.burn();
    }
  },
  async afterSpanEnded(run) {
    await run.tracer.startActiveSpan('ended early', async (child) => {
      child.end();
      run.burn(child);
      await sleep(1);
      run.burn(child);
    });
  },
  async contextWith(run) {
    const span = run.tracer.startSpan('not active yet');
    await immediate();
    const active = trace.setSpan(context.active(), span);
    context.with(active, () => run.burn(span));
    run.burn();
    await context.with(active, async () => {
      await immediate();
      run.burn(span);
    });
    span.end();
  },
  async withoutSpan(run) {
    context.with(ROOT_CONTEXT, () => run.burnOutside());
    run.burn();
    await context.with(ROOT_CONTEXT, async () => {
      await immediate();
      run.burnOutside();
    });
    run.burn();
  },
  async bindFunction(run) {
    const bound = context.bind(context.active(), () => run.burn());
    inChild(run, (child) => {
      bound();
      run.burn(child);
    });
    await new Promise<void>((resolve) => {
      context.with(ROOT_CONTEXT, () => setImmediate(() => {
        bound();
        run.burnOutside();
        resolve();
      }));
    });
  },
  async bindEmitter(run) {
    const emitter = context.bind(context.active(), new EventEmitter());
    emitter.on('event', () => run.burn());
    inChild(run, (child) => {
      emitter.emit('event');
      run.burn(child);
    });
    await new Promise<void>((resolve) => {
      context.with(ROOT_CONTEXT, () => setImmediate(() => {
        emitter.emit('event');
        run.burnOutside();
        resolve();
      }));
    });
  },
  async attach(run) {
    const api: WithAttach = context;
    if (api.attach === undefined) return;
    const span = run.tracer.startSpan('attached');
    await immediate();
    const token = api.attach(trace.setSpan(context.active(), span));
    run.burn(span);
    await immediate();
    run.burn(span);
    token.dispose();
    run.burn();
    await immediate();
    run.burn();
    span.end();
  },
  async acrossCollection(run) {
    if (!run.surroundings.collect()) return;
    run.burn();
    run.burn();
    inChild(run, (child) => {
      run.burn(child);
      run.burn(child);
    });
    await immediate();
    run.burn();
    run.burn();
  },
};

import { EventEmitter, on } from 'node:events';
import { PassThrough, pipeline, Readable, Transform, Writable } from 'node:stream';
import { pipeline as pipelinePromise } from 'node:stream/promises';
import { setImmediate as immediate } from 'node:timers/promises';
import type { Continuation, Run } from '../continuation.ts';

async function* chunks(): AsyncGenerator<string> {
  for (const chunk of ['a', 'b']) {
    await immediate();
    yield chunk;
  }
}

function burningTransform(run: Run): Transform {
  return new Transform({
    transform(chunk, _encoding, callback) {
      run.burn();
      callback(null, chunk);
    },
  });
}

export const streams: Readonly<Record<string, Continuation>> = {
  streamData: (run) =>
    new Promise((resolve, reject) => {
      Readable.from(chunks()).on('data', () => run.burn()).once('end', () => {
        run.burn();
        resolve();
      }).once('error', reject);
    }),
  streamWrite: (run) =>
    new Promise((resolve, reject) => {
      const sink = new Writable({
        write(_chunk, _encoding, callback) {
          run.burn();
          setImmediate(callback);
        },
      });
      sink.once('error', reject);
      sink.write('a');
      sink.end('b', () => {
        run.burn();
        resolve();
      });
    }),
  pipelineCallback: (run) =>
    new Promise((resolve, reject) => {
      pipeline(Readable.from(chunks()), new PassThrough(), burningTransform(run), new PassThrough().resume(), (error) => {
        run.burn();
        if (error) reject(error);
        else resolve();
      });
    }),
  async pipelinePromise(run) {
    await pipelinePromise(chunks(), burningTransform(run), async function consume(source) {
      for await (const _ of source) run.burn();
    });
    run.burn();
  },
  async webStreams(run) {
    const source = new ReadableStream<string>({
      async pull(controller) {
        await immediate();
        controller.enqueue('a');
        controller.close();
      },
    });
    const burning = new TransformStream<string, string>({
      transform(chunk, controller) {
        run.burn();
        controller.enqueue(chunk);
      },
    });
    for await (const _ of source.pipeThrough(burning)) run.burn();
  },
  async asyncIterator(run) {
    for await (const _ of chunks()) run.burn();
    run.burn();
  },
  async asyncGenerator(run) {
    async function* burning(): AsyncGenerator<number> {
      run.burn();
      yield 1;
      await immediate();
      run.burn();
      yield 2;
    }
    for await (const _ of burning()) await immediate();
  },
  /** A generator has no context of its own: it runs in that of whoever advances it. */
  async generator(run) {
    function* burning(): Generator<undefined, void, typeof run.span> {
      let span = run.span;
      for (;;) {
        run.burn(span);
        span = yield;
      }
    }
    const advanced = burning();
    advanced.next();
    run.tracer.startActiveSpan('advances', (child) => {
      advanced.next(child);
      child.end();
    });
    await immediate();
    advanced.next(run.span);
  },
  async eventsOn(run) {
    const emitter = new EventEmitter();
    const abort = new AbortController();
    setImmediate(() => {
      emitter.emit('event');
      emitter.emit('event');
    });
    let seen = 0;
    for await (const _ of on(emitter, 'event', { signal: abort.signal })) {
      run.burn();
      if (++seen === 2) break;
    }
  },
};

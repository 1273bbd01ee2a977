import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Call, ChildMessage, ProcessSettings } from './child-protocol.ts';
import type { Round } from './row.ts';
import { nodePath } from './nodes.ts';

/** A variant in a process of its own, which runs a program. */
export interface MeasuredProcess<Ready> {
  /** What the program said when it was ready. */
  readonly ready: Ready;
  /** Asks the program; rejects when it fails or takes longer than `deadlineMillis`. */
  readonly call: <Result>(name: string, argument?: unknown, deadlineMillis?: number) => Promise<Result>;
  /** Holds all its threads until {@link continue}. */
  stop(): void;
  continue(): void;
  /** Ends it at once. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface StartProcess extends Omit<ProcessSettings, 'variant' | 'serverUrl'> {
  readonly program: URL;
  readonly round: Pick<Round, 'variant' | 'node' | 'sink'>;
  readonly flags?: readonly string[];
}

const START_VARIANT = new URL('programs/start-variant.ts', import.meta.url).href;
const READY_MILLIS = 60_000;
const CALL_MILLIS = 30_000;
/** What would change how a variant works. */
const FOREIGN = /^(?:DD_|DATADOG_|OTEL_|SPLUNK_|PYROSCOPE_|NODE_OPTIONS$|NODE_COMPILE_CACHE$|FLAMESPAN_)/;

export async function startProcess<Ready>({ program, round, flags = [], ...settings }: StartProcess): Promise<MeasuredProcess<Ready>> {
  const { variant, node, sink } = round;
  const child = fork(program, {
    execPath: nodePath(node),
    // No export condition: our packages are bundled, as users get them.
    execArgv: ['--expose-gc', ...flags, '--import', START_VARIANT],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name))),
      OVERHEAD_PROCESS: JSON.stringify({ variant, serverUrl: sink.url, ...settings } satisfies ProcessSettings),
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      DD_TRACE_AGENT_URL: sink.url,
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_CRASHTRACKING_ENABLED: 'false',
      DD_TRACE_STARTUP_LOGS: 'false',
      ...(settings.uploadSeconds === undefined ? {} : { DD_PROFILING_UPLOAD_PERIOD: String(settings.uploadSeconds) }),
    },
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr = (stderr + String(chunk)).slice(-8_000);
  });
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const ended = exited.then(([code, signal]) => {
    throw new Error(`The process of ${variant} ended with ${code ?? signal}\n${stderr}`);
  });
  // Whoever waits for a reply hears of it.
  ended.catch(() => {});

  const waiting = new Map<number, (message: ChildMessage) => void>();
  child.on('message', (message: ChildMessage) => waiting.get(message.type === 'ready' ? 0 : message.id)?.(message));
  const replyTo = async (id: number, what: string, millis: number): Promise<ChildMessage> => {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await Promise.race([
        new Promise<ChildMessage>((resolve) => waiting.set(id, resolve)),
        ended,
        new Promise<never>((_, reject) => {
          timer = setTimeout(() => reject(new Error(`${variant} has not answered "${what}" within ${millis / 1_000} s\n${stderr}`)), millis);
        }),
      ]);
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  };
  let calls = 0;
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  try {
    const ready = await replyTo(0, 'ready', READY_MILLIS);
    if (ready.type !== 'ready') throw new Error(`${variant} said ${ready.type} before it was ready`);
    return {
      ready: ready.value as Ready,
      async call<Result>(name: string, argument?: unknown, deadlineMillis = CALL_MILLIS): Promise<Result> {
        const id = ++calls;
        const reply = replyTo(id, name, deadlineMillis);
        child.send({ id, name, argument } satisfies Call);
        const message = await reply;
        if (message.type === 'error') throw new Error(`${variant}, ${name}: ${message.message}`);
        if (message.type !== 'result') throw new Error(`${variant}, ${name}: ${message.type} is no answer`);
        return message.value as Result;
      },
      stop: () => void child.kill('SIGSTOP'),
      continue: () => void child.kill('SIGCONT'),
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

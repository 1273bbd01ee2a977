import { startProcess } from '../measured-process.ts';
import type { Figures, Round, Row } from '../row.ts';

const ENCODE_APP = new URL('../programs/encode-app.ts', import.meta.url);
const DEADLINE_MILLIS = 120_000;
const OTLP_PROFILES = '/v1development/profiles';

export interface EncodeFigures {
  readonly samples: number;
  readonly stacks?: number;
  /** Pause for the last collection, or for all of it at once. */
  readonly taken: number;
  /** Of OTLP by us, of pprof by others. */
  readonly block: number;
  readonly cpu: number;
  /** Ours as pprof. */
  readonly pprofBlock?: number;
  readonly pprofCpu?: number;
  readonly pprofBytes: number;
}

async function measure(round: Round): Promise<Figures> {
  const ours = round.variant === 'ours';
  // The processor that is measured is made by the program; what traces cost is not in question.
  await using app = await startProcess({ program: ENCODE_APP, round: { ...round, variant: '@datadog/pprof' }, encode: ours ? 'ours' : 'pprof' });
  const { pprofBytes, ...figures } = await app.call<EncodeFigures>('measure', undefined, DEADLINE_MILLIS);
  const otlp = round.sink.take().profiles.find(({ path }) => path === OTLP_PROFILES);
  if (ours && otlp === undefined) throw new Error('No OTLP profile has arrived');
  return {
    ...figures,
    kilobytes: (otlp?.body.length ?? pprofBytes) / 1_000,
    ...(otlp === undefined ? {} : { pprofKilobytes: pprofBytes / 1_000, ratio: otlp.body.length / pprofBytes }),
  };
}

export const ENCODE_ROW: Row = {
  name: 'encode',
  title: 'Encoding and sending a minute with a call tree of 45,000 nodes',
  explanation:
    'Some 6,000 samples of the load of `pauses-large`, taken within 12 s at five times the rate. Ours: the exporters encode, compress and send the same profile to a local server or write it into a file, ' +
    'after two runs that do not count. @datadog/pprof: `time.stop()` with labels for span, endpoint and time of each sample, then `encode()`. A block is the longest time that the event loop stood still meanwhile.',
  variants: ['ours', '@datadog/pprof'],
  alsoOn26: false,
  rounds: 1,
  measures: [
    { name: 'block', label: 'longest block by encoding and sending (ours OTLP, others pprof)', unit: 'ms', digits: 1, comparison: 'none', target: { atMost: 10, text: '≤ 10 ms' } },
    { name: 'cpu', label: 'CPU time of the thread for it', unit: 'ms', digits: 1, comparison: 'none' },
    { name: 'kilobytes', label: 'bytes with spans and times, gzip (ours OTLP, others pprof)', unit: 'kB', digits: 1, comparison: 'none' },
    { name: 'ratio', label: 'our OTLP by our pprof of the same profile, gzip', unit: 'ratio', digits: 2, comparison: 'none', target: { atMost: 1, text: '≤ 1' } },
    { name: 'pprofBlock', label: 'longest block by encoding our pprof', unit: 'ms', digits: 1, comparison: 'none' },
    { name: 'pprofCpu', label: 'CPU time of the thread for it', unit: 'ms', digits: 1, comparison: 'none' },
    { name: 'pprofKilobytes', label: 'our pprof, gzip', unit: 'kB', digits: 1, comparison: 'none' },
    { name: 'taken', label: 'pause to take the samples', unit: 'ms', digits: 1, comparison: 'none' },
    { name: 'samples', label: 'samples in the profile', unit: 'count', digits: 0, comparison: 'none' },
    { name: 'stacks', label: 'distinct stacks', unit: 'count', digits: 0, comparison: 'none' },
  ],
  measure,
};

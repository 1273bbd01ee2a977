import type { AppReady } from '../express-load.ts';
import { startProcess } from '../measured-process.ts';
import type { Figures, Round, Row } from '../row.ts';
import { TRACING_VARIANTS } from '../variants.ts';

const EXPRESS_APP = new URL('../programs/express-app.ts', import.meta.url);

async function measure(round: Round): Promise<Figures> {
  await using app = await startProcess<AppReady>({ program: EXPRESS_APP, round });
  return { millis: app.ready.startMillis, cpu: app.ready.startCpuMillis };
}

export const START_UP_ROW: Row = {
  name: 'start-up',
  title: 'Start-up',
  explanation: 'From the start of the process until the Express application listens, with the CPU time of all threads until then.',
  variants: TRACING_VARIANTS,
  alsoOn26: true,
  rounds: 10,
  measures: [
    { name: 'millis', label: 'time until the application listens', unit: 'ms', digits: 0, comparison: 'difference', target: { atMost: 40, text: '≤ +40 ms' } },
    { name: 'cpu', label: 'CPU time until then', unit: 'ms', digits: 0, comparison: 'difference' },
  ],
  measure,
};

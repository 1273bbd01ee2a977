import type { Profile } from '@flamespan/profile';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createExpressLoad, REQUESTS_PER_SECOND } from '../express-load.ts';
import type { AppReady } from '../express-load.ts';
import { startProcess } from '../measured-process.ts';
import type { Figures, Round, Row } from '../row.ts';

const EXPRESS_APP = new URL('../programs/express-app.ts', import.meta.url);
const SECONDS = 12;
const UPLOAD_SECONDS = 5;
const SHOWN = 12;
/** Files of our packages as they are published. */
const OWN_FILE = /\/packages\/(?<name>[\w-]+)\/dist\//;

interface OwnCode {
  readonly totalCpu: number;
  readonly selfCpu: number;
  readonly inclusiveCpu: number;
  /** Self CPU by function, in nanoseconds. */
  readonly byFunction: ReadonlyMap<string, number>;
}

let hottest: string[] = [];

async function measure(round: Round): Promise<Figures> {
  const profileDirectory = await mkdtemp(join(tmpdir(), 'flamespan-bench-'));
  try {
    const profiles = await profilesUnderLoad(round, profileDirectory);
    if (profiles.length === 0) throw new Error('No profile was written');
    const { totalCpu, selfCpu, inclusiveCpu, byFunction } = ownCodeIn(profiles);
    const shares = [...byFunction].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN);
    hottest = shares.map(([name, cpu]) => `| \`${name}\` | ${((cpu / totalCpu) * 100).toFixed(2)} |`);
    return { self: (selfCpu / totalCpu) * 100, inclusive: (inclusiveCpu / totalCpu) * 100 };
  } finally {
    await rm(profileDirectory, { recursive: true, force: true });
  }
}

async function profilesUnderLoad(round: Round, profileDirectory: string): Promise<Profile[]> {
  await using app = await startProcess<AppReady>({ program: EXPRESS_APP, round, profileDirectory, uploadSeconds: UPLOAD_SECONDS });
  const load = createExpressLoad(app.ready.port);
  try {
    await load.drive(SECONDS * REQUESTS_PER_SECOND, REQUESTS_PER_SECOND);
    await app.call('flush');
  } finally {
    load.close();
  }
  // Not before the packages are built.
  const { decodePprof } = await import('@flamespan/profile');
  const names = (await readdir(profileDirectory)).filter((name) => name.endsWith('-wall.pb.gz'));
  return Promise.all(names.map(async (name) => decodePprof(gunzipSync(await readFile(join(profileDirectory, name)))).profile));
}

function ownCodeIn(profiles: readonly Profile[]): OwnCode {
  let totalCpu = 0;
  let selfCpu = 0;
  let inclusiveCpu = 0;
  const byFunction = new Map<string, number>();
  for (const profile of profiles) {
    const { samples, stacks, locations, functions, strings } = profile;
    const ownFunction = (stack: number): string | undefined => {
      const fn = locations.function[stacks.location[stack] ?? 0] ?? 0;
      const name = OWN_FILE.exec(strings[functions.filename[fn] ?? 0] ?? '')?.groups?.['name'];
      return name === undefined ? undefined : `${strings[functions.name[fn] ?? 0] || '(anonymous)'} ${name}`;
    };
    for (let row = 0; row < samples.length; row++) {
      const cpu = Number(samples.cpuNanos[row] ?? 0);
      const leaf = samples.stack[row] ?? 0;
      totalCpu += cpu;
      const own = ownFunction(leaf);
      if (own !== undefined) {
        selfCpu += cpu;
        byFunction.set(own, (byFunction.get(own) ?? 0) + cpu);
      }
      for (let stack = leaf; stack !== 0; stack = stacks.parent[stack] ?? 0) {
        if (ownFunction(stack) === undefined) continue;
        inclusiveCpu += cpu;
        break;
      }
    }
  }
  return { totalCpu, selfCpu, inclusiveCpu, byFunction };
}

export const OWN_CODE_ROW: Row = {
  name: 'own-code',
  title: 'Our own code in our own profile',
  explanation:
    `The Express application of the row \`cpu\` under ${REQUESTS_PER_SECOND.toLocaleString('en')} requests a second for ${SECONDS} s, profiled by Flamespan itself with \`FileProfileExporter\` (pprof). ` +
    'What the native sampler does in signal handlers and threads of its own, and while it is stopped, is in no profile: the row `cpu` has it.',
  variants: ['ours'],
  alsoOn26: false,
  rounds: 1,
  measures: [
    { name: 'self', label: 'CPU time in functions of our packages', unit: '%', digits: 2, comparison: 'none' },
    { name: 'inclusive', label: 'CPU time in our packages and what they call', unit: '%', digits: 2, comparison: 'none' },
  ],
  measure,
  remarks: () => ['| our function | CPU of all, % |', '|---|---|', ...hottest].join('\n'),
};

import { FileProfileExporter } from '@flamespan/exporter-file';
import { profileFromStacks } from '@flamespan/profile/testing';
import { closeSync, openSync } from 'node:fs';
import { exportOnce } from './export-once.ts';

const [, , directory = ''] = process.argv;
const exporter = new FileProfileExporter({ directory, formats: ['otlp'] });
const profile = profileFromStacks('main 1');
const open: number[] = [];
try {
  for (;;) open.push(openSync('/dev/null', 'r'));
} catch {
  // No descriptor is left.
}
const first = await exportOnce(exporter, profile);
for (const descriptor of open) closeSync(descriptor);
const again = await exportOnce(exporter, profile);
process.stdout.write(JSON.stringify({ first, again }));

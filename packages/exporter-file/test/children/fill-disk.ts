import { FileProfileExporter } from '@flamespan/exporter-file';
import { profileFromStacks } from '@flamespan/profile/testing';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { exportOnce } from './export-once.ts';

const [, , directory = ''] = process.argv;
const exporter = new FileProfileExporter({ directory, formats: ['otlp'] });
const small = profileFromStacks('main 1');
const large = profileFromStacks(Array.from({ length: 500 }, (_, i) => `main;some${i};other${i} 1 @span${i} GET /${i}`).join('\n'));

const first = await exportOnce(exporter, small);
const second = await exportOnce(exporter, large);
const names = readdirSync(directory);
for (const name of names) rmSync(join(directory, name));
const again = await exportOnce(exporter, small);
process.stdout.write(JSON.stringify({ first, second, kept: names.length, again }));

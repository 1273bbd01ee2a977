/** Puts the list of differences into the README of the exporter: `node src/write-table.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { differencesTable, readAllowedDifferences } from './differences.ts';

const readme = new URL('../../../packages/exporter-datadog/README.md', import.meta.url);
const table = differencesTable(readAllowedDifferences());
writeFileSync(readme, readFileSync(readme, 'utf8').replace(/(<!-- differences -->\n)[^]*?(\n<!-- \/differences -->)/, (_all, before: string, after: string) => `${before}\n${table}\n${after}`));

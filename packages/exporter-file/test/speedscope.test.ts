import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, normalize } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findChromium, launchChromium } from '../../../test/browser/src/chromium.ts';
import { createExporter, exportOnce, namesIn, temporaryDirectory } from './support/exports.ts';

const release = join(dirname(new URL(import.meta.resolve('speedscope/package.json')).pathname), 'dist', 'release');
const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };

const hasChromium = findChromium() !== undefined;
if (!hasChromium) console.warn('Skipped: speedscope runs in a browser, and there is no chromium');

/** Serves speedscope, and the directory under `/profiles/`. */
async function serve(directory: string): Promise<string> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://127.0.0.1').pathname));
    try {
      const content = readFileSync(path.startsWith('/profiles/') ? join(directory, path.slice('/profiles/'.length)) : join(release, path));
      response.setHeader('content-type', TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream').end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openPage(): Promise<Page> {
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  return browser.newPage();
}

describe.skipIf(!hasChromium)('speedscope', () => {
  it.each([
    // Default sample type: wall.
    ['wall', ['30.30ms (60%) 30.30ms (60%) sort', '20.20ms (40%) 20.20ms (40%) query', '50.51ms (100%) 0.00ns (<0.01%) handler', '50.51ms (100%) 0.00ns (<0.01%) main']],
    ['heap', ['2.00 KB (100%) 2.00 KB (100%) parse', '2.00 KB (100%) 0 B (<0.01%) handler', '2.00 KB (100%) 0 B (<0.01%) main']],
  ])('opens the %s file and adds up its functions', async (part, rows) => {
    const directory = temporaryDirectory();
    await exportOnce(createExporter({ directory, formats: ['pprof'] }));
    const file = namesIn(directory).find((name) => name.includes(`-${part}.`)) ?? '';
    const origin = await serve(directory);
    const page = await openPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${origin}/index.html#profileURL=${encodeURIComponent(`${origin}/profiles/${file}`)}&title=${part}`);
    // The table of functions is the one view that is not drawn on a canvas.
    await page.getByText('Sandwich').click();
    await page.getByText('main', { exact: true }).first().waitFor();
    expect((await page.locator('tr').allInnerTexts()).map((row) => row.replaceAll(/\s+/g, ' ').trim()).filter((row) => row.includes('%'))).toEqual(rows);
    expect(faults).toEqual([]);
  });
});

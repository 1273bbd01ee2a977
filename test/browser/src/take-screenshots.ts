/** Takes the pictures in `docs/viewer` anew: `npx -y pnpm@12.21.0 screenshots`. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { startDemoViewer } from './demo-viewer.ts';
import { chooseScope, openSlowestTrace } from './walks.ts';

const directory = fileURLToPath(new URL('../../../docs/viewer/', import.meta.url));

interface Picture {
  readonly name: string;
  readonly path: string;
  /** From the page at `path` to what is to be seen. */
  readonly walk?: (page: Page) => Promise<void>;
}

const toSlowestTrace = async (page: Page): Promise<void> => {
  await openSlowestTrace(page);
  await page.getByRole('treegrid').getByRole('row', { name: /request handler/ }).first().click();
  await chooseScope(page, 'Span & children');
};

const PICTURES: readonly Picture[] = [
  { name: 'traces', path: '/traces' },
  { name: 'trace', path: '/traces?service=shop&endpoint=GET%20%2Fproducts%2Fsorted', walk: toSlowestTrace },
  {
    name: 'timeline',
    path: '/traces?service=shop&endpoint=GET%20%2Fproducts%2Fsorted',
    walk: async (page) => {
      await toSlowestTrace(page);
      await page.getByRole('radio', { name: 'Timeline' }).check({ force: true });
      await page.getByRole('region', { name: /Timeline/i }).first().waitFor();
    },
  },
  { name: 'endpoints', path: '/endpoints?service=shop' },
  { name: 'profiles', path: '/profiles?service=shop' },
  { name: 'compare', path: '/diff?service=checkout&endpoint=POST%20%2Fcheckout&type=wall' },
];

const FORMATS = [
  { suffix: '', viewport: { width: 1280, height: 1000 }, colorScheme: 'light' },
  { suffix: '-dark', viewport: { width: 1280, height: 1000 }, colorScheme: 'dark' },
  { suffix: '-phone', viewport: { width: 400, height: 1000 }, colorScheme: 'light' },
] as const;

async function take(browser: Browser, url: string, { name, path, walk }: Picture): Promise<void> {
  for (const { suffix, ...format } of FORMATS) {
    const context = await browser.newContext({ ...format, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(`${url}${path}`);
    await page.getByRole('row').nth(1).waitFor();
    await walk?.(page);
    await page.mouse.move(0, 0);
    await page.evaluate(() => {
      scrollTo(0, 0);
    });
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${directory}${name}${suffix}.png` });
    console.log(`docs/viewer/${name}${suffix}.png`);
    await context.close();
  }
}

await mkdir(directory, { recursive: true });
const viewer = await startDemoViewer();
try {
  const browser = await launchChromium();
  try {
    for (const picture of PICTURES) await take(browser, viewer.url, picture);
  } finally {
    await browser.close();
  }
} finally {
  await viewer.stop();
}

import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { launchChromium } from './chromium.ts';

export const DESKTOP = { width: 1280, height: 900 } as const;
export const PHONE = { width: 400, height: 800 } as const;

/** One browser for the tests of a file. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  return () => browser!;
}

/**
 * Opens an address in a window of its own. The test fails when the page throws, logs an error (a violation of the
 * Content-Security-Policy is one), or asks any other server for anything.
 */
export async function openPage(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Page> {
  const { page, faults } = await openFaultyPage(browser, address, options);
  onTestFinished(() => expect(faults()).toEqual([]));
  return page;
}

/** The same for a page of which faults are expected. */
export async function openFaultyPage(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<{ readonly page: Page; readonly faults: () => readonly string[] }> {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  const { origin } = new URL(address);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) faults.push(`asks ${request.url()}`);
  });
  await page.goto(address);
  return { page, faults: () => faults };
}

/** The names in the table of functions under the flame graph, in its order: most self time first. */
export async function functionsIn(page: Page): Promise<string[]> {
  const table = page.getByRole('table', { name: /^Functions in/ });
  await table.getByRole('row').nth(1).waitFor();
  return (await table.locator('tbody tr, [role=row]').allInnerTexts()).slice(0).map((row) => row.split(/\s/)[0]!);
}

export const flameGraph = (page: Page): Locator => page.locator('.flame-graph');

import type { Page } from 'playwright-core';

/** From the list of traces to the slowest one in it. */
export async function openSlowestTrace(page: Page): Promise<void> {
  const list = page.getByRole('grid', { name: 'Traces' });
  await list.getByRole('button', { name: 'Duration' }).click();
  await page.waitForURL(/order=slowest/);
  await list.locator('[aria-busy=true]').waitFor({ state: 'detached' });
  await list.getByRole('link').first().click();
  await page.getByRole('treegrid').getByRole('row').nth(1).waitFor();
}

/** Chooses a scope of the chosen span, and waits until it is drawn. */
export async function chooseScope(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(`^${name}`) }).check({ force: true });
  await page.getByRole('region', { name: new RegExp(`Flame graph.*${name}`, 'i') }).waitFor();
}

/** What the front does with the answers of the cart service, as wasteful as examples are. */
import type { CartPrice, Offer, StockLevels } from './cart-definition.ts';

/** Prints more prices than anybody reads, each with a number format of its own. */
export function renderReceipt({ totalCents, parcelGrams }: CartPrice): string {
  const lines: string[] = [];
  for (const grams of parcelGrams) {
    for (const locale of ['de-DE', 'fr-FR', 'en-GB', 'ja-JP', 'fi-FI']) {
      for (const currency of ['EUR', 'USD', 'JPY', 'GBP']) {
        const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
        lines.push(`${grams} g: ${format.format(totalCents / parcelGrams.length / 100)}`);
      }
    }
  }
  return lines.join('\n');
}

/** Parses a file of item codes, with an expression that tries each line in many ways. */
export function readImportFile(file: string): { code: string; name: string }[] {
  return file.split('\n').map((line) => {
    const match = /^.*.*.*;(?<code>\w+);(?<name>[^;]*)$/.exec(line);
    return { code: match?.groups?.code ?? '', name: match?.groups?.name ?? '' };
  });
}

/** Compares each letter with each other one to find out how loud an offer is. */
export function describeOffer({ title, priceCents }: Offer): string {
  let loudness = 0;
  for (let turn = 0; turn < 150; turn++) {
    for (const left of title) for (const right of title) if (left.toUpperCase() === right.toUpperCase()) loudness++;
  }
  return `${title} (${priceCents}, ${loudness})`;
}

/** Tries every bid up to what is asked. */
export function chooseNextBid(askedCents: number): number {
  let best = 0;
  for (let bid = 1; bid <= askedCents * 100; bid++) {
    if (Math.abs(Math.sqrt(bid) - Math.sqrt(askedCents)) < Math.abs(Math.sqrt(best) - Math.sqrt(askedCents))) best = bid;
  }
  return best;
}

/** Appends to a list by copying it, unless it already has the line. */
export function formatPickingList(shelves: readonly number[]): string[] {
  let lines: string[] = [];
  for (const shelf of shelves) {
    const line = `aisle ${(shelf / 100).toLocaleString('en', { maximumFractionDigits: 0 })}, shelf ${shelf}`;
    if (!lines.includes(line)) lines = [...lines, line];
  }
  return lines.slice(0, 20);
}

export function formatStockEvent(levels: StockLevels): string {
  return `data: ${JSON.stringify(levels.lines)}\n\n`;
}

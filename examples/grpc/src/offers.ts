import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Offer, OfferQuery } from './cart-definition.ts';

const PAGE_COUNT = 6;
const OFFERS_PER_PAGE = 250;

function loadOfferPage(page: number): Offer[] {
  return Array.from({ length: OFFERS_PER_PAGE }, (_, index) => ({
    title: `${['copper', 'folding', 'painted', 'woven'][(page + index) % 4]} ${['kettle', 'lantern', 'teapot'][index % 3]} ${page * OFFERS_PER_PAGE + index}`,
    priceCents: 500 + ((page * 31 + index * 17) % 9000),
  }));
}

/** Edit distance, from a full table. */
function countEdits(left: string, right: string): number {
  const table: number[][] = [];
  for (let row = 0; row <= left.length; row++) {
    const line: number[] = [];
    for (let column = 0; column <= right.length; column++) {
      const above = table[row - 1];
      if (above === undefined || column === 0) line.push(row + column);
      else line.push(Math.min(above[column - 1]! + (left[row - 1] === right[column - 1] ? 0 : 1), above[column]! + 1, line[column - 1]! + 1));
    }
    table.push(line);
  }
  return table[left.length]![right.length]!;
}

/** Compares every offer of a page with the text. */
function findSimilarOffer(offers: readonly Offer[], text: string): Offer | undefined {
  let best: { offer: Offer; edits: number } | undefined;
  for (const offer of offers) {
    const edits = countEdits(offer.title, text);
    if (best === undefined || edits < best.edits) best = { offer, edits };
  }
  return best?.offer;
}

/** One message for each page of offers, no faster than the caller reads. */
export async function handleListOffers(call: ServerWritableStream<OfferQuery, Offer>): Promise<void> {
  for (let page = 0; page < PAGE_COUNT && !call.cancelled; page++) {
    const offer = findSimilarOffer(loadOfferPage(page), call.request.text);
    if (offer !== undefined && !call.write(offer)) await once(call, 'drain');
    // The pages come from elsewhere; calls take turns meanwhile.
    await setImmediate();
  }
  call.end();
}

import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Bid, BidAnswer } from './cart-definition.ts';

const SIMULATIONS = 1_500_000;
const COST_CENTS = 4000;

/** Rolls the dice until the answer is what it was going to be anyway. */
function simulateMargin(bidCents: number): number {
  let state = bidCents;
  let margin = 0;
  for (let simulation = 0; simulation < SIMULATIONS; simulation++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    margin += (bidCents - COST_CENTS * (0.9 + (state / 2 ** 32) * 0.2)) / SIMULATIONS;
  }
  return margin;
}

/** One answer for each bid, until one is good enough. */
export async function handleHaggle(call: ServerDuplexStream<Bid, BidAnswer>): Promise<void> {
  for await (const { cents } of call as AsyncIterable<Bid>) {
    const accepted = simulateMargin(cents) > 0;
    call.write({ accepted, askedCents: accepted ? cents : Math.round((cents + COST_CENTS * 1.2) / 2) });
  }
  call.end();
}

import type { Continuation } from './continuation.ts';
import { activation } from './kinds/activation.ts';
import { asyncContext } from './kinds/async-context.ts';
import { io } from './kinds/io.ts';
import { scheduling } from './kinds/scheduling.ts';
import { streams } from './kinds/streams.ts';

/** Every kind of continuation, by name. */
export const KINDS: ReadonlyMap<string, Continuation> = new Map(
  [scheduling, io, streams, activation, asyncContext].flatMap((kinds) => Object.entries(kinds)),
);

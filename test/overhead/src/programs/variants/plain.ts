import type { RunningVariant } from '../running-variant.ts';
import { startNodeSdk } from './node-sdk.ts';

export function startPlain(): RunningVariant {
  startNodeSdk();
  return {};
}

import { createHash } from 'node:crypto';
import { type handleClientStreamingCall } from '@grpc/grpc-js';
import type { ImportSummary, ItemCode } from './cart-definition.ts';

const CHECKSUM_ROUNDS = 250;

/** Hashes far more often than a check digit needs. */
function verifyItemCode({ code }: ItemCode): boolean {
  let digest = code;
  for (let round = 0; round < CHECKSUM_ROUNDS; round++) digest = createHash('sha256').update(digest).digest('hex');
  return !digest.startsWith('00') && code.length > 3;
}

/** Sorts in many languages, with a collation that is set up anew for each comparison, for the sake of one name. */
function findFirstName(items: readonly ItemCode[]): string {
  const firsts = ['de', 'fr', 'sv', 'fi', 'cs', 'en'].map(
    (locale) => items.toSorted((left, right) => new Intl.Collator(locale, { numeric: true }).compare(left.name, right.name))[0]?.name ?? '',
  );
  return firsts.at(-1) ?? '';
}

export const handleImportItems: handleClientStreamingCall<ItemCode, ImportSummary> = (call, callback) => {
  const accepted: ItemCode[] = [];
  let rejected = 0;
  call.on('data', function receiveItemCode(item: ItemCode) {
    if (verifyItemCode(item)) accepted.push(item);
    else rejected++;
  });
  call.on('end', function finishImport() {
    callback(null, { accepted: accepted.length, rejected, firstName: findFirstName(accepted) });
  });
};

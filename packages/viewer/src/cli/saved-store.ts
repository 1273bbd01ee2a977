import type { Store } from '../store/store.ts';
import { createStore } from '../store/store.ts';
import { pprofCopies } from './exported-file.ts';
import { needsMoreMemory } from './needs-more-memory.ts';
import { readSavedFile } from './saved-file.ts';

/**
 * A store with all that the files hold, {@link pprofCopies} left out; if one of them cannot be opened, or they do not fit
 * together, none is. @throws CliError
 */
export async function openSavedFiles(paths: readonly string[], maxBytes: number): Promise<Store> {
  const copies = new Set(pprofCopies(paths));
  const files = [];
  for (const path of paths) if (!copies.has(path)) files.push(await readSavedFile(path, maxBytes));
  const store = createStore({ maxBytes });
  for (const { spans, profiles } of files) {
    store.addSpans(spans);
    store.addProfiles(profiles);
  }
  const { evictedTraces, evictedProfiles } = store.stats();
  if (evictedTraces + evictedProfiles > 0) throw needsMoreMemory(paths.length === 1 ? `${paths[0]} needs` : 'The files need', maxBytes);
  return store;
}

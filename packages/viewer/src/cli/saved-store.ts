import type { Store } from '../store/store.ts';
import { createStore } from '../store/store.ts';
import { CliError } from './cli-error.ts';
import { readSavedFile } from './saved-file.ts';

/** A store with all that the files hold; if one of them cannot be opened, or they do not fit together, none is. @throws CliError */
export async function openSavedFiles(paths: readonly string[], maxBytes: number): Promise<Store> {
  const files = [];
  for (const path of paths) files.push(await readSavedFile(path, maxBytes));
  const store = createStore({ maxBytes });
  for (const { spans, profiles } of files) {
    store.addSpans(spans);
    store.addProfiles(profiles);
  }
  const { evictedTraces, evictedProfiles } = store.stats();
  if (evictedTraces + evictedProfiles > 0) {
    throw new CliError(1, `${paths.length === 1 ? `${paths[0]} needs` : 'The files need'} more than the ${Math.round(maxBytes / 1024 ** 2)} MiB that may be taken; choose more with --max-memory. Nothing was opened.`);
  }
  return store;
}

import type { FrameTable } from '../../../src/call-tree/call-tree.ts';
import { placeText } from './frame-kinds.ts';

const PACKAGES = 'node_modules/';

const ownDirectories = new WeakMap<FrameTable, string>();

/** Where a function is, as short as it is clear: own files from the directory that all of them are in, those of packages from the package's name. */
export function shortPlace(frames: FrameTable, frame: number): string {
  const place = placeText(frames, frame);
  const inPackages = place.lastIndexOf(PACKAGES);
  if (inPackages >= 0) return place.slice(inPackages + PACKAGES.length);
  const directory = ownDirectoryOf(frames);
  return frames.origin[frame] === 'own' && place.startsWith(directory) ? place.slice(directory.length) : place;
}

function ownDirectoryOf(frames: FrameTable): string {
  let directory = ownDirectories.get(frames);
  if (directory === undefined) {
    directory = commonDirectory(frames.filename.filter((filename, frame) => filename !== '' && frames.origin[frame] === 'own'));
    ownDirectories.set(frames, directory);
  }
  return directory;
}

/** With the separator at its end; `''` = none. */
function commonDirectory(filenames: readonly string[]): string {
  let common = filenames[0] ?? '';
  for (const filename of filenames) {
    let length = 0;
    while (length < common.length && common[length] === filename[length]) length++;
    common = common.slice(0, length);
  }
  return common.slice(0, Math.max(common.lastIndexOf('/'), common.lastIndexOf('\\')) + 1);
}

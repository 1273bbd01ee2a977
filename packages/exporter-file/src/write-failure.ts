import type { ExportResult } from '@flamespan/profile';
import { failed } from './exporter-error.ts';

/** What may have passed by the next try. */
const PASSING = new Set(['EAGAIN', 'EBUSY', 'EINTR', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'ENOMEM', 'ESTALE', 'ETIMEDOUT']);

/** The result of an export whose files could not be written. */
export function writeFailure(error: unknown, directory: string): ExportResult {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const reason = code === '' ? String(error) : code;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return failed('ERR_NO_SPACE', `no space left for ${directory} (${reason}). Free some, or keep fewer files with maxFiles`, { cause: error, retryable: true });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failed('ERR_NOT_WRITABLE', `the process may not write into ${directory} (${reason}). Change its permissions, or the directory option`, { cause: error });
    case 'EEXIST':
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'ENOTDIR':
      return failed('ERR_INVALID_DIRECTORY', `${directory} cannot be a directory (${reason}). Change the directory option`, { cause: error });
    default:
      return failed('ERR_WRITE_FAILED', `writing into ${directory} failed (${reason})`, { cause: error, retryable: PASSING.has(code) });
  }
}

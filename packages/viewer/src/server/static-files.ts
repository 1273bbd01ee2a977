import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Route } from './route.ts';
import { get } from './route.ts';
import { send } from './send.ts';

/** Files of other kinds are not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

export interface StaticFilesOptions {
  /** Whose files are served. It is read once; a directory that is not there has none. */
  readonly directory: URL;
  /** Where they are: `/` or `/something/`. */
  readonly base: string;
  /** Whether a file's name changes with its content, by its path below the base. */
  readonly isHashed: (path: string) => boolean;
  /** @defaultValue that of the page */
  readonly contentSecurityPolicy?: string;
}

/**
 * A route for each file, by its path: what a request names is only looked up, so that no path leads out of the directory.
 * `index.html` is found at the base, too.
 */
export async function loadStaticFiles(options: StaticFilesOptions): Promise<Map<string, Route>> {
  const routes = new Map<string, Route>();
  const directory = fileURLToPath(options.directory);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  await Promise.all(entries.map(async (entry) => {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) return;
    const file = `${entry.parentPath}${sep}${entry.name}`;
    const path = relative(directory, file).split(sep).join('/');
    const route = routeOf(await readFile(file), type, options.isHashed(path), options.contentSecurityPolicy);
    routes.set(options.base + path, route);
    if (path === 'index.html') routes.set(options.base, route);
  }));
  return routes;
}

function routeOf(body: Buffer, type: string, hashed: boolean, policy: string | undefined): Route {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const headers = {
    ETag: etag,
    'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(policy !== undefined && { 'Content-Security-Policy': policy }),
  };
  return get(({ request, response }) => {
    if (request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
    else send(response, { type, body, headers });
  });
}

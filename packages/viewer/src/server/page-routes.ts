import type { Route } from './route.ts';
import { get } from './route.ts';
import { send, TEXT } from './send.ts';
import { loadStaticFiles } from './static-files.ts';

/** Built by vite, beside the compiled sources; from source and from `dist` it is the same place. */
const PAGE_DIRECTORY = new URL('../../dist/page/', import.meta.url);
const SPEEDSCOPE_DIRECTORY = new URL('../../dist/speedscope/', import.meta.url);

/** speedscope makes style elements, and reads one format with WebAssembly. */
const SPEEDSCOPE_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The views of the page. What they show is in the rest of the address, which the page reads. */
const VIEWS: ReadonlySet<string> = new Set(['/', '/traces', '/endpoints', '/profiles', '/diff']);
const TRACE_VIEW = /^\/trace\/[^/]+$/;

export interface PageRoutesOptions {
  /** Of the viewer. */
  readonly url: () => string;
  /** @defaultValue where the build puts it */
  readonly pageDirectory?: URL | undefined;
}

/** What answers a path of the page, its files, or speedscope's. */
export async function createPageRoutes({ url, pageDirectory = PAGE_DIRECTORY }: PageRoutesOptions): Promise<(pathname: string) => Route | undefined> {
  const [page, speedscope] = await Promise.all([
    loadStaticFiles({ directory: pageDirectory, base: '/', isHashed: (path) => path.startsWith('assets/') }),
    loadStaticFiles({ directory: SPEEDSCOPE_DIRECTORY, base: '/speedscope/', isHashed: (path) => /-[A-Z0-9]{8}\.\w+$/.test(path), contentSecurityPolicy: SPEEDSCOPE_POLICY }),
  ]);
  const index = page.get('/') ?? get(({ response }) => send(response, { type: TEXT, body: unbuilt(url()) }));
  return (pathname) => (VIEWS.has(pathname) || TRACE_VIEW.test(pathname) ? index : page.get(pathname) ?? speedscope.get(pathname));
}

/** What a viewer that runs from source says where its page should be. */
function unbuilt(url: string): string {
  return [
    'Flamespan viewer: receives OpenTelemetry traces and profiles over OTLP and shows which code made a span slow.',
    '',
    'Its page is not built. In the repository: npx -y pnpm@12.21.0 build, then start the viewer again. Without the page:',
    '',
    `  POST ${url}/v1/traces                  traces, protobuf or JSON`,
    `  POST ${url}/v1development/profiles     profiles, protobuf or JSON`,
    `  GET  ${url}/report?width=100           the report as text`,
    '',
    `Send it a service's telemetry with OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
    '',
  ].join('\n');
}

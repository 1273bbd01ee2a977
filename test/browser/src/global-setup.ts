import type { TestProject } from 'vitest/node';
import { startDemoViewer } from './demo-viewer.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the viewer that the demo serves, once its load is over. */
    readonly viewerUrl: string;
  }
}

export default async function startViewer(project: TestProject): Promise<() => Promise<void>> {
  const viewer = await startDemoViewer();
  project.provide('viewerUrl', viewer.url);
  return () => viewer.stop();
}

import { spawn } from 'node:child_process';

/** Opens a page of ours in the person's browser. Resolves to what went wrong, if something did. */
export function openInBrowser(url: string): Promise<string | undefined> {
  const [command, ...args] = commandFor(process.platform);
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
    child.once('error', (error) => resolve(error.message));
    child.once('spawn', () => {
      child.unref();
      resolve(undefined);
    });
  });
}

function commandFor(platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['explorer.exe'];
  return ['xdg-open'];
}

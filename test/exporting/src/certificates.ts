import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** For 127.0.0.1, good for servers and clients, valid for the length of a test. */
export async function createCertificate(ca?: Certificate, validFrom: Date = new Date(Date.now() - 60_000)): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: ca === undefined ? 'authority.test' : 'leaf.test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: validFrom,
    notAfterDate: new Date(validFrom.getTime() + 3_600_000),
    extensions: [
      { name: 'basicConstraints', cA: ca === undefined, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: ca === undefined },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
    ...(ca === undefined ? {} : { ca }),
  });
  return { key, cert };
}

/** The PEM texts as files, since variables name files. */
export function writePemFiles(pems: Readonly<Record<string, string>>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'flamespan-tls-'));
  return Object.fromEntries(
    Object.entries(pems).map(([name, pem]) => {
      const file = join(folder, `${name}.pem`);
      writeFileSync(file, pem, { mode: 0o600 });
      return [name, file];
    }),
  );
}

import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FleetError } from '../model/error.ts';

const manifest = z.object({ version: z.literal(1), id: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** A build in the store: where its file is, and what the file's digest must be. */
export interface StoredArtifact {
  readonly file: string;
  readonly sha256: string;
}

export interface ArtifactStore {
  /** `null` when there is none, or only half of one: a build counts once its manifest is written, and while its file is there. */
  find(id: string): Promise<StoredArtifact | null>;
  /** Where a build's file shall be put before `add`. */
  fileFor(id: string): string;
  /** Makes the file at `fileFor(id)` count. */
  add(id: string, sha256: string): Promise<StoredArtifact>;
}

const missing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** The controller's store of builds, named by build id. Throws `artifacts.manifest` for a manifest that is damaged. */
export const openStore = (directory: string): ArtifactStore => {
  const fileFor = (id: string): string => join(directory, `${id}.tar.gz`);
  const manifestFor = (id: string): string => join(directory, `${id}.json`);
  return {
    fileFor,
    async find(id) {
      let text: string;
      try {
        text = await readFile(manifestFor(id), 'utf8');
        await access(fileFor(id));
      } catch (error) {
        if (missing(error)) return null;
        throw error;
      }
      try {
        const read = manifest.parse(JSON.parse(text));
        if (read.id === id) return { file: fileFor(id), sha256: read.sha256 };
      } catch {
        // Told below, together with a manifest of another build.
      }
      throw new FleetError({
        code: 'artifacts.manifest',
        message: `The manifest ${manifestFor(id)} is damaged, so the build beside it cannot be trusted.`,
        remedy: `Remove both, and they are built again: rm ${manifestFor(id)} ${fileFor(id)}`,
      });
    },
    async add(id, sha256) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const text = `${JSON.stringify({ version: 1, id, sha256 })}\n`;
      await writeFile(`${manifestFor(id)}.new`, text, { mode: 0o600, flush: true });
      await rename(`${manifestFor(id)}.new`, manifestFor(id));
      return { file: fileFor(id), sha256 };
    },
  };
};

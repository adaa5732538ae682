import { mkdir, stat } from 'node:fs/promises';
import { FleetError } from '../model/error.ts';
import { buildLayer, LAYERS, type LayerOptions, layerDir, stack } from './build-layer.ts';
import { withLock } from './lock.ts';
import { type LayerName, layerId, lineage, type Recipe } from './recipe.ts';

const WAIT_LIMIT_MS = 60 * 60_000;

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const ensureOne = async (recipe: Recipe, below: readonly Recipe[], options: LayerOptions): Promise<void> => {
  const target = layerDir(recipe.name);
  if (await exists(target)) return;
  const lock = { limitMs: WAIT_LIMIT_MS, log: options.log, signal: options.signal };
  await withLock(`layer-${layerId(recipe.name)}`, lock, async () => {
    if (await exists(target)) return;
    const began = Date.now();
    options.log(`layer ${recipe.name}: making it once (${recipe.brings})`);
    try {
      await buildLayer(recipe, below, options);
    } catch (cause) {
      options.signal?.throwIfAborted();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FleetError(
        {
          code: 'lab.layer-failed',
          message: `the lab's layer ${recipe.name} (${recipe.brings}) could not be made: ${why}`,
          remedy: cause instanceof FleetError ? cause.remedy : 'apt-get update',
        },
        cause,
      );
    }
    options.log(`layer ${recipe.name}: made in ${Math.round((Date.now() - began) / 1000)} s`);
  });
};

/**
 * Makes the layers that are missing, each once on this machine, and returns them as overlayfs's `lowerdir`.
 * Rejects with `lab.layer-failed` and the last lines of apt or make.
 */
export const ensureLayers = async (name: LayerName, options: LayerOptions): Promise<string> => {
  await mkdir(LAYERS, { recursive: true, mode: 0o755 });
  const recipes = lineage(name);
  for (const [index, recipe] of recipes.entries()) await ensureOne(recipe, recipes.slice(0, index), options);
  return stack(recipes);
};

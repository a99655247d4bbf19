// Bundles as applications make them: one module of a project, with what it imports of the installed library, by esbuild and by Vite.
import { join } from 'node:path';
import ts from 'typescript';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import type { Sources } from '../architecture/sources.ts';

/** `whole` keeps every module, whatever the manifest says of side effects. */
export type Bundler = 'esbuild' | 'vite' | 'whole';
/** Writes the bundle beside the module; its name. */
export async function bundled(bundler: Bundler, project: string, entry: string): Promise<string> {
  const name = `${entry.replace('.js', '')}-${bundler}`;
  if (bundler === 'vite') {
    await vite({ root: project, configFile: false, logLevel: 'silent', ssr: { noExternal: true }, build: { ssr: entry, outDir: name, minify: true, target: 'node20', emptyOutDir: true } });
    return join(name, entry);
  }
  await esbuild({ entryPoints: [join(project, entry)], outfile: join(project, `${name}.js`), bundle: true, minify: true, format: 'esm', platform: 'node', logLevel: 'silent', ignoreAnnotations: bundler === 'whole' });
  return `${name}.js`;
}

/** Built modules that do something when they are loaded, beside declaring what they export. */
export function withEffects(modules: Sources): readonly string[] {
  const acts = (statement: ts.Statement): boolean => ts.isImportDeclaration(statement) ? statement.importClause === undefined
    : !(ts.isExportDeclaration(statement) || ts.isExportAssignment(statement) || ts.isVariableStatement(statement) || ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isEmptyStatement(statement));
  return [...modules].filter(([path, text]) => path.endsWith('.js') && ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, false).statements.some(acts)).map(([path]) => path).sort();
}

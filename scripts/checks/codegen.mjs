// Generates types for the contract operations with graphql-codegen, and compiles them with TypeScript.
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codegen } from '@graphql-codegen/core';
import * as operationsPlugin from '@graphql-codegen/typescript-operations';
import * as typescriptPlugin from '@graphql-codegen/typescript';
import { buildSchema, parse, validate } from 'graphql';
import ts from 'typescript';
import { check, finish } from './tools.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, 'node_modules/.cache/mercator');
await mkdir(out, { recursive: true });

const SCALARS = { Decimal: 'string', DateTime: 'string', ID: 'string' };

async function operations(name) {
  const folder = join(here, 'operations', name);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.graphql')).sort();
  return Promise.all(files.map(async (file) => ({ location: file, document: parse(await readFile(join(folder, file), 'utf8')) })));
}

for (const name of ['storefront', 'admin']) {
  const sdl = await readFile(join(here, `../../schema/${name}.graphql`), 'utf8');
  const schema = buildSchema(sdl);
  const documents = await operations(name);
  for (const { location, document } of documents) {
    for (const operation of document.definitions) {
      await check(`${name} ${location} ${operation.name.value} is valid`, () => {
        const errors = validate(schema, { ...document, definitions: [operation] });
        if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('; '));
      });
    }
  }
  await check(`${name}: every operation has TypeScript types`, async () => {
    const file = join(out, `${name}.ts`);
    const code = await codegen({
      filename: file,
      schema: parse(sdl),
      documents,
      config: { scalars: SCALARS, strictScalars: false, useTypeImports: true },
      plugins: [{ typescript: {} }, { operations: {} }],
      pluginMap: { typescript: typescriptPlugin, operations: operationsPlugin },
    });
    await writeFile(file, code);
    const program = ts.createProgram([file], { strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, types: [] });
    const problems = ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    if (problems.length > 0) throw new Error(problems.slice(0, 5).join('; '));
    for (const operation of documents.flatMap(({ document }) => document.definitions)) {
      const kind = operation.operation[0].toUpperCase() + operation.operation.slice(1);
      const type = `${operation.name.value}${operation.name.value.endsWith(kind) ? '' : kind}`;
      if (!code.includes(`export type ${type} `)) throw new Error(`no type ${type}`);
    }
  });
}
finish();

// Every name that npm's packages have for others, ours have: exported values and types, and the members of each.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, it } from "node:test";
import { io as connect } from "socket.io-client";
import ts from "typescript-5";
import { aliased, originals } from "./support/peers.mjs";

const require = createRequire(import.meta.url);
const types = {
  "socket.io": "dist/index.d.ts",
  "socket.io-client": "build/esm/index.d.ts",
  "engine.io": "build/engine.io.d.ts",
};

/** What ours do not have, and why nobody misses it. */
const without = {
  // The transports of the client are classes to be handed over, not to be extended: nothing of their inside is there.
  Fetch: /./,
  NodeXHR: /./,
  XHR: /./,
  NodeWebSocket: /./,
  WebSocket: /./,
  WebTransport: /./,
  Transport: /./,
  // No HTTP/3 server for Node can be relied on yet.
  Server: /^onWebTransportSession$/,
  BaseServer: /^onWebTransportSession$/,
  uServer: /^onWebTransportSession$/,
  // Which class stands for a transport's name is not to be set.
  ManagerOptions: /^transportImplementations$/,
};

const files = (packages) =>
  Object.entries(types).map(([name, theirs]) =>
    join(packages[name], packages === aliased ? "dist/index.d.ts" : theirs),
  );

const program = ts.createProgram([...files(originals), ...files(aliased)], {
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  types: ["node"],
});
const checker = program.getTypeChecker();

function exportsOf(file) {
  const symbol = checker.getSymbolAtLocation(program.getSourceFile(file));
  const all = checker.getExportsOfModule(symbol).map((it) => {
    const isAlias = (it.flags & ts.SymbolFlags.Alias) !== 0;
    return [it.name, isAlias ? checker.getAliasedSymbol(it) : it];
  });
  return new Map(all);
}

const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

/** Members for everybody; an underscore says that one is not. */
function membersOf(symbol) {
  return checker
    .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
    .filter(({ declarations: [it] = [] }) => it && !(ts.getCombinedModifierFlags(it) & hidden))
    .map((it) => it.name)
    .filter((name) => !/^_|^#/.test(name));
}

describe("names", () => {
  for (const [index, name] of Object.keys(types).entries()) {
    const theirs = exportsOf(files(originals)[index]);
    const ours = exportsOf(files(aliased)[index]);

    it(`of types: ${name}`, () => {
      assert.ok(theirs.size > 5);
      assert.deepEqual(
        [...theirs.keys()].filter((it) => !ours.has(it)),
        [],
      );
      for (const [exported, symbol] of theirs) {
        if ((symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) === 0) continue;
        const has = new Set(membersOf(ours.get(exported)));
        const missing = membersOf(symbol).filter((it) => !has.has(it));
        assert.deepEqual(
          missing.filter((it) => !without[exported]?.test(it)),
          [],
          exported,
        );
      }
    });

    it(`of values: ${name}`, async () => {
      const original = require(originals[name]);
      const required = require(aliased[name]);
      assert.equal(typeof required, typeof original);
      for (const it of Object.keys(original)) {
        assert.equal(typeof required[it], typeof original[it], it);
      }
      const imported = await import(name);
      const keys = Object.keys(original).filter((it) => it !== "__esModule");
      assert.deepEqual(
        keys.filter((it) => !(it in imported)),
        [],
      );
    });
  }

  it("that are for ourselves leave room for what applications put on a socket and a namespace", async () => {
    const own = {};
    for (const [whose, packages] of Object.entries({ originals, aliased })) {
      const { Server } = require(packages["socket.io"]);
      const http = createServer();
      const io = new Server(http, { connectionStateRecovery: {} });
      http.listen(0, "127.0.0.1");
      await once(http, "listening");
      const client = connect(`http://127.0.0.1:${http.address().port}`);
      const [socket] = await once(io, "connection");
      own[whose] = { Socket: fieldsOf(socket), Namespace: fieldsOf(io.of("/")) };
      client.disconnect();
      await io.close();
    }
    const ours = exportsOf(files(aliased)[0]);
    for (const kind of ["Socket", "Namespace"]) {
      const theirs = new Set([...own.originals[kind], ...allMembers(kind), "deliver"]);
      const names = [...own.aliased[kind], ...hiddenMembers(ours.get(kind))];
      assert.ok(names.some((it) => it.startsWith("_")));
      assert.deepEqual(
        names.filter((it) => !it.startsWith("_") && !theirs.has(it)),
        [],
        kind,
      );
    }
  });
});

const fieldsOf = (object) => Object.getOwnPropertyNames(object);

/** All names of a class of npm's, private ones too. */
function allMembers(kind) {
  const symbol = exportsOf(files(originals)[0]).get(kind);
  return checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).map((it) => it.name);
}

/** What is on a class and not for applications: private, protected, or said to be internal. */
function hiddenMembers(symbol) {
  return checker
    .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
    .filter((it) => {
      const [declaration] = it.declarations ?? [];
      if (declaration === undefined) return false;
      const isHidden = (ts.getCombinedModifierFlags(declaration) & hidden) !== 0;
      return isHidden || it.getJsDocTags().some(({ name }) => name === "internal");
    })
    .map((it) => it.name);
}

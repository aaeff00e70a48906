import { readFileSync } from "node:fs";
import { relative } from "node:path";
import ts from "typescript";
import { sourceFiles } from "../package/source-files.js";

/** Something that the package can say, as pieces of text around what is filled in. */
export interface Message {
  /** `lib/scope/open-span.ts:143` */
  readonly where: string;
  readonly pieces: readonly string[];
}

/** Calls that say something, or that are given what is said: the last argument is the message. */
const SAYS = /(^warnOnce|\bwarnings\.warn|#warnings\.warn|#inHalves|^warnings\.push|^diag\.debug)$/;
/** The function that says in a message what a receiver's status means. */
const PART = "function refusal(status: number)";

/** Everything that the package can say through `diag`, read from its source. */
export function messages(): Message[] {
  return sourceFiles().flatMap((path) => {
    const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
    const found: Message[] = [];
    const visit = (node: ts.Node): void => {
      const said = saidBy(node);
      if (said !== undefined) {
        const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        found.push({ where: `${relative(process.cwd(), path)}:${line}`, pieces: piecesOf(said) });
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    return found;
  });
}

function saidBy(node: ts.Node): ts.Node | undefined {
  if (ts.isCallExpression(node)) {
    const callee = node.expression.getText();
    if (SAYS.test(callee)) return node.arguments.at(-1);
    // What it is about comes first there, and is what is said.
    const [about] = node.arguments;
    if (callee === "quietly" && about !== undefined && ts.isStringLiteral(about)) return about;
  }
  if (ts.isReturnStatement(node) && isPart(node)) return node.expression;
  return undefined;
}

function isPart(node: ts.Node): boolean {
  const at = ts.findAncestor(node, ts.isFunctionDeclaration);
  return at?.getText().startsWith(PART) === true;
}

function piecesOf(said: ts.Node): string[] {
  if (ts.isIdentifier(said)) {
    const constant = constantOf(said);
    return constant === undefined ? [] : piecesOf(constant);
  }
  const pieces: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      pieces.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(said);
  return pieces
    .map((piece) => piece.replace(/^respan-instructor: /, "").trim())
    .filter((piece) => /[a-z]{3}/.test(piece));
}

/** What a constant of this name begins as: in the function around the use, or at the top of the file. */
function constantOf(use: ts.Identifier): ts.Expression | undefined {
  const scope = ts.findAncestor(use, ts.isFunctionLike) ?? use.getSourceFile();
  return declarationIn(scope, use.text) ?? declarationIn(use.getSourceFile(), use.text);
}

function declarationIn(scope: ts.Node, name: string): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name) found ??= node.initializer;
    ts.forEachChild(node, visit);
  };
  visit(scope);
  return found;
}

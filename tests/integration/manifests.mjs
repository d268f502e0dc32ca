// SPDX-License-Identifier: Apache-2.0
// Are the documents of these YAML files what the Kubernetes API takes? Prints
// what is not, and exits with 1. By two tools: the schema of the API says what
// values may be, and the TypeScript compiler, given the same as types, says what
// fields there are not. Node finds them beside this file: test_manifests.sh.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { parseAllDocuments } from "yaml";

const require = createRequire(import.meta.url);
let wrong = 0;

function say(file, text) {
	console.log(`${basename(file)}: ${text}`);
	wrong++;
}

// What is wrong with the values of one document.
function checkValues(file, object) {
	const model = require(`kubernetes-models/${object.apiVersion}`);

	try {
		new model[object.kind](object).validate();
	} catch (error) {
		say(file, error.message);
	}
}

// Those of a literal are checked against a type field by field.
function typed(object, i) {
	return `import { I${object.kind} as T${i} } from
		"kubernetes-models/${object.apiVersion}";
	export const o${i}: T${i} = ${JSON.stringify(object)};\n`;
}

function checkFields(objects) {
	const text = objects.map(({ object }, i) => typed(object, i)).join("");
	const options = ["--noEmit", "--strict", "--skipLibCheck",
		"--module", "nodenext", "--pretty", "false"];

	writeFileSync("objects.ts", text);
	try {
		execFileSync("node_modules/.bin/tsc", [...options, "objects.ts"]);
	} catch (error) {
		say("fields", String(error.stdout ?? error));
	}
}

const objects = process.argv.slice(2).flatMap((file) =>
	parseAllDocuments(readFileSync(file, "utf8")).map((document) => {
		for (const error of document.errors)
			say(file, error.message);
		return { file, object: document.toJS() };
	}));

for (const { file, object } of objects)
	checkValues(file, object);
checkFields(objects);
console.log(`${objects.length} documents, ${wrong} wrong`);
process.exit(wrong ? 1 : 0);

// SPDX-License-Identifier: MIT
//
// The time of day in a Twilio flow, printed by liquidjs at chosen instants, against the route that it was made
// of.  Usage: node liquid.mjs LIQUID_ORACLE [COUNT [SEED]]
import { spawnSync } from 'node:child_process';
import { Liquid } from 'liquidjs';

const [program, count = '20', seed = '20261123'] = process.argv.slice(2);
if (!program) {
	console.error('usage: node liquid.mjs LIQUID_ORACLE [COUNT [SEED]]');
	process.exit(2);
}
const run = spawnSync(program, [count, seed], { encoding: 'utf8', maxBuffer: 1 << 30 });
if (run.status !== 0) {
	console.error(`${program}: exit ${run.status}`);
	process.exit(1);
}

// liquidjs asks the clock by `new Date()`.
const RealDate = Date;
let now = 0;
globalThis.Date = class extends RealDate {
	constructor(...args) {
		super(...(args.length ? args : [now * 1000]));
	}
	static now() {
		return now * 1000;
	}
};

const engine = new Liquid();
let passed = 0, failed = 0;
for (const block of run.stdout.split('\n\n')) {
	const [template, ...instants] = block.trim().split('\n');
	if (!template)
		continue;
	const parsed = engine.parse(template);
	for (const line of instants) {
		const [t, wanted] = line.split(' ');
		now = Number(t);
		const printed = engine.renderSync(parsed).trim();
		if (printed === wanted) {
			passed++;
		} else if (failed++ < 10) {
			console.log(`FAILED: at ${t}: ${printed}, not ${wanted}\n  ${template.slice(0, 400)}`);
		}
	}
	now = 0;
	if (engine.renderSync(parsed).trim() !== 'clock_unknown')
		failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);

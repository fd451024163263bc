// SPDX-License-Identifier: MIT
//
// The example's document that asks to press 1, called as Twilio would call it.  Usage: node ask.mjs ASK.JS
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const FLOW = 'FW' + '0a'.repeat(16), ACCOUNT = 'AC' + 'b1'.repeat(16);
let passed = 0, failed = 0;

function check(what, ok, detail) {
	if (ok)
		passed++;
	else
		failed++;
	if (!ok)
		console.log(`FAILED: ${what}\n${detail}`);
}

class Response {
	appendHeader(name, value) { this[name] = value; }
	setBody(body) { this.body = body; }
}
const module = { exports: {} };
vm.runInNewContext(readFileSync(process.argv[2], 'utf8'), { exports: module.exports, Twilio: { Response } });

function ask(event) {
	let response;
	module.exports.handler({ PATH: '/ask' }, event, (error, given) => { response = given; });
	check('it is XML', response['Content-Type'] === 'text/xml' && response.body.startsWith('<?xml'), response.body);
	return response.body;
}

function expect(what, event, ...parts) {
	const body = ask(event);
	check(what, parts.every(part => body.includes(part)), body);
	check(`${what}: well formed`, (body.match(/<[A-Z][A-Za-z]*[^>]*[^/]>/g) ?? []).length ===
		(body.match(/<\/[A-Z]/g) ?? []).length, body);
}

const call = { flow: FLOW, to: '+15125550111,sip:desk@example.org', confirm: '+15125550111', timeout: '20',
	       caller_id: 'caller', From: '+15125550199', To: '+15125550100', AccountSid: ACCOUNT };
const back = `<Redirect method="POST">https://webhooks.twilio.com/v1/Accounts/${ACCOUNT}/Flows/${FLOW}` +
	'?FlowEvent=return&#38;DialCallStatus=no-answer</Redirect>';

expect('all ring at once', call, 'timeout="20" callerId="+15125550199"',
       `action="/ask?step=end&#38;flow=${FLOW}"`,
       '<Number method="POST" url="/ask?step=ask">+15125550111</Number><Sip>sip:desk@example.org</Sip></Dial>');
expect('the line is shown', { ...call, caller_id: 'line' }, 'callerId="+15125550100"');
expect('a withheld number is not', { ...call, From: 'anonymous' }, 'timeout="20"><Number');
expect('the phone is asked', { step: 'ask' }, 'numDigits="1"', 'Press 1', '<Hangup/></Response>');
expect('1 takes the call', { step: 'key', Digits: '1' }, '<Response></Response>');
for (const Digits of ['2', '11', '', undefined])
	expect('another key does not', { step: 'key', Digits }, '<Response><Hangup/></Response>');
const callBack = { step: 'back', to: '+15125550142', timeout: '30', From: '+15125550100', Digits: '1' };
expect('1 rings the customer', callBack,
       '<Response><Dial callerId="+15125550100" timeout="30"><Number>+15125550142</Number></Dial></Response>');
for (const odd of [{ Digits: '2' }, { Digits: undefined }, { to: 'x' }, { to: undefined }, { to: '+1"><Play>' }, { timeout: '0' },
		   { timeout: undefined }, { From: 'anonymous' }, { From: undefined }])
	expect('no customer is rung', { ...callBack, ...odd }, '<Response><Hangup/></Response>');
const end = { step: 'end', flow: FLOW, AccountSid: ACCOUNT };
expect('a call that was taken is over', { ...end, DialCallStatus: 'completed', DialBridged: 'true' },
       '<Response><Hangup/></Response>');
expect('nobody pressed 1', { ...end, DialCallStatus: 'completed', DialBridged: 'false' }, back);
for (const DialCallStatus of ['no-answer', 'busy', 'failed', 'canceled'])
	expect('nobody answered', { ...end, DialCallStatus }, back);
for (const odd of [{ to: '' }, { to: 'x' }, { to: '+1"><Play>' }, { timeout: '0' }, { timeout: '1e9' }, { timeout: 'x' }])
	expect('what cannot be rung goes back', { ...call, ...odd }, back);
for (const odd of [{ flow: '../x' }, { flow: undefined }, { AccountSid: 'AC1' }])
	expect('nothing goes to a stranger', { ...call, to: '', ...odd }, '<Response><Hangup/></Response>');
expect('a step that is none', { step: 'x' }, '<Hangup/>');

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

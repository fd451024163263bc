// SPDX-License-Identifier: MIT
//
// The document that an account's `whisper` names, as a Twilio Function: rings phones, asks whoever picks up to
// press 1, and gives the call back to the flow when nobody took it.  README says how it is put up.
//
//   the flow        POST /ask?flow=FLOW&to=NUMBERS&confirm=NUMBERS&timeout=SECONDS&caller_id=caller|line
//   a called phone  POST /ask?step=ask, then /ask?step=key with the key that was pressed
//   who calls back  POST /ask?step=back&to=NUMBER&timeout=SECONDS with the key, before the customer is rung
//   Twilio          POST /ask?step=end&flow=FLOW, when the ringing or the call is over

const ATTEMPTS = 2;
const KEY_WAIT_S = 5;
const WORDS = 'A customer is calling. Press 1 to take the call.';

const escaped = text => String(text).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
const document = inner => `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${inner}</Response>`;
const hangUp = document('<Hangup/>');

const isNumber = text => /^\+[1-9][0-9]{6,14}$/.test(text);
const isAddress = text => /^sips?:[^\s<>"]+$/.test(text);
const isFlow = text => /^FW[0-9a-fA-F]{32}$/.test(text);
const isAccount = text => /^AC[0-9a-fA-F]{32}$/.test(text);
const list = text => String(text ?? '').split(',').filter(one => one !== '');

// Back into the flow, as a call that nobody took.
function giveBack(event) {
	if (!isFlow(event.flow) || !isAccount(event.AccountSid))
		return hangUp;
	const url = `https://webhooks.twilio.com/v1/Accounts/${event.AccountSid}/Flows/${event.flow}` +
		'?FlowEvent=return&DialCallStatus=no-answer';
	return document(`<Redirect method="POST">${escaped(url)}</Redirect>`);
}

function target(to, confirm, path) {
	const url = confirm.includes(to) ? ` method="POST" url="${escaped(`${path}?step=ask`)}"` : '';
	return isNumber(to) ? `<Number${url}>${escaped(to)}</Number>` : `<Sip${url}>${escaped(to)}</Sip>`;
}

function ring(event, path) {
	const to = list(event.to), confirm = list(event.confirm), timeout = Number(event.timeout);
	const shown = event.caller_id === 'line' ? event.To : event.From;
	if (!isFlow(event.flow) || to.length === 0 || to.length > 10 || !to.every(one => isNumber(one) || isAddress(one)) ||
	    !(timeout >= 1 && timeout <= 600))
		return giveBack(event);
	const caller = isNumber(shown) ? ` callerId="${escaped(shown)}"` : '';
	const end = escaped(`${path}?step=end&flow=${event.flow}`);
	return document(`<Dial action="${end}" method="POST" timeout="${timeout}"${caller}>` +
		to.map(one => target(one, confirm, path)).join('') + '</Dial>');
}

function ask(path) {
	const gather = `<Gather action="${escaped(`${path}?step=key`)}" method="POST" numDigits="1" ` +
		`timeout="${KEY_WAIT_S}"><Say>${escaped(WORDS)}</Say></Gather>`;
	return document(gather.repeat(ATTEMPTS) + '<Hangup/>');
}

// Who calls a customer back has pressed a key: the customer is rung, and sees the number that this call came from.
function callBack(event) {
	const timeout = Number(event.timeout);
	if (event.Digits !== '1' || !isNumber(event.to ?? '') || !isNumber(event.From ?? '') || !(timeout >= 1 && timeout <= 600))
		return hangUp;
	return document(`<Dial callerId="${escaped(event.From)}" timeout="${timeout}"><Number>${escaped(event.to)}</Number></Dial>`);
}

// Taken: the call was, and is over.  A phone's voicemail that was rung and hung up on is no such call.
const taken = event => event.DialCallStatus === 'completed' && event.DialBridged !== 'false';

function answer(event, path) {
	switch (event.step) {
	case undefined:
		return ring(event, path);
	case 'ask':
		return ask(path);
	case 'key':
		return event.Digits === '1' ? document('') : hangUp;
	case 'back':
		return callBack(event);
	case 'end':
		return taken(event) ? hangUp : giveBack(event);
	default:
		return hangUp;
	}
}

exports.handler = (context, event, callback) => {
	const response = new Twilio.Response();
	response.appendHeader('Content-Type', 'text/xml');
	response.setBody(answer(event, context.PATH));
	callback(null, response);
};

/* SPDX-License-Identifier: MIT */
/*
 * What writer and reader of an Asterisk dialplan share: every form of line that is ever written, how names
 * and texts are made harmless, and how somebody is dialled.
 *
 * A form is a printf format; the reader matches lines against the same one.  In it `%s` is the base of all
 * context names ("nevermiss-main"), `%.*s` a word, `%d` and `%lld` numbers.
 */
#ifndef CORE_CARRIER_ASTERISK_H
#define CORE_CARRIER_ASTERISK_H

#include "nevermiss/carrier.h"

#define NM_ASTERISK_PART "dialplan"
#define NM_ASTERISK_TRUNK "facts-trunk" /* how the account dials */
#define NM_ASTERISK_SOUNDS "nevermiss"  /* the folder of sounds, and the context of mailboxes */

/* The first comment of a file; what a sound says stands in comments, with what is not harmless as %XX. */
#define NM_DP_TITLE "; nevermiss dialplan 1"
#define NM_DP_SOUND "; sound %.*s: "

/* Context NAME: who calls, and when. */
#define NM_DP_START "Goto(s,1)"
#define NM_DP_FROM "Set(NM_FROM=${FILTER(0-9,${CALLERID(num)})})"
#define NM_DP_HIDDEN "ExecIf($[\"${CALLERID(num-pres):0:6}\" = \"prohib\"]?Set(NM_FROM=))"
#define NM_DP_NO_KEY "Set(NM_URGENT=)"
#define NM_DP_NOW "Set(NM_NOW=${EPOCH})"
#define NM_DP_GROUP "Set(NM_G%d=0)"
#define NM_DP_NUMBER "ExecIf($[\"${NM_FROM}\" = \"%lld\"]?Set(NM_G%d=1))"
#define NM_DP_PREFIX "ExecIf($[\"${NM_FROM:0:%d}\" = \"%lld\"]?Set(NM_G%d=1))"
#define NM_DP_NOBODY "ExecIf($[\"${NM_FROM}\" = \"\"]?Set(NM_G%d=1))"
#define NM_DP_CLASS_0 "Set(NM_CLASS=0)"
#define NM_DP_CLASS "ExecIf($[\"%.*s\" = \"%.*s\"]?Set(NM_CLASS=%d))"
#define NM_DP_SPAN "GotoIf($[${NM_NOW} >= %lld & ${NM_NOW} < %lld]?%s-calls,s%dc${NM_CLASS},1)"
#define NM_DP_HOURS "GotoIfTime(%02d:%02d-%02d:%02d,%.*s,*,*,%.*s?%s-calls,s%dc${NM_CLASS},1)"
#define NM_DP_ELSE "Goto(%s-calls,s%dc${NM_CLASS},1)"

/* Context NAME-calls, extension s<situation>c<class>: what such a caller gets, and by the emergency key. */
#define NM_DP_CALL_KEY "Set(NM_URGENT=t%d)"
#define NM_DP_CALL "Goto(%s-ring,t%d,1)"

/* Context NAME-legs, extension <number>: a phone that must accept, or is shown the line's number. */
#define NM_DP_LEG_ID "Set(CALLERID(num)=%.*s)"
#define NM_DP_LEG_SHOWN "Set(CALLERID(num-pres)=allowed)"
#define NM_DP_LEG_ACCEPT "Dial(%.*s,,U(%s-accept))"
#define NM_DP_LEG "Dial(%.*s)"
#define NM_DP_END "Hangup()"

/* Context NAME-ring, extension t<treatment>. */
#define NM_DP_BUSY "Hangup(17)"   /* user busy */
#define NM_DP_REJECT "Hangup(21)" /* call rejected */
#define NM_DP_LOST "Hangup(19)"   /* no answer */
#define NM_DP_ANSWER "Answer()"
#define NM_DP_LASTS "Set(NM_END=$[${EPOCH} + %d])"
#define NM_DP_PLAY "Playback(%.*s)"
#define NM_DP_LISTEN "Read(NM_KEY,%.*s,1,,1,1)"
#define NM_DP_PRESSED "GotoIf($[\"${NM_KEY}\" = \"%.*s\" & \"${NM_URGENT}\" != \"\"]?urgent,1)"
#define NM_DP_HASH "GotoIf($[\"${READSTATUS}${NM_KEY}\" = \"OK\" & \"${NM_URGENT}\" != \"\"]?urgent,1)"
#define NM_DP_WAIT "Wait(${IF($[${NM_END} > ${EPOCH}]?$[${NM_END} - ${EPOCH}]:0)})"
#define NM_DP_DIAL "Dial(%.*s,%d)"
#define NM_DP_DIAL_ON "Dial(%.*s)"
#define NM_DP_BESIDE                                                                                         \
	"NoOp(at once: %.*s)" /* who would ring beside a voicemail, which takes the call at once */
#define NM_DP_VOICEMAIL "VoiceMail(%.*s@" NM_ASTERISK_SOUNDS ",%.*s)"
#define NM_DP_URGENT_1 "Set(NM_NEXT=${NM_URGENT})"
#define NM_DP_URGENT_2 "Goto(${NM_NEXT},1)"

/* Context NAME-accept: asked of who must accept. */
#define NM_DP_ASK "Read(NM_ONE," NM_ASTERISK_SOUNDS "/accept&beep,1,,2,5)"
#define NM_DP_ACCEPTS "GotoIf($[\"${NM_ONE}\" = \"1\"]?yes)"
#define NM_DP_REFUSES "Set(GOSUB_RESULT=CONTINUE)"
#define NM_DP_RETURN "Return()"

/* Longest line: Asterisk cuts one off at 8 KiB. */
#define NM_DP_LINE_MAX 4000

extern const char *const nm_dialplan_days[7]; /* "mon" first */

/* A name as letters, digits, `-` and `_`; all else is _XX.  No two names give the same. */
void nm_dialplan_name(const char *name, struct nm_buf *out);
/* And back; false when it is not what nm_dialplan_name gives of some text, or memory is out (*out NULL). */
bool nm_dialplan_name_read(const char *safe, size_t len, struct nm_arena *arena, const char **out);
/* What a sound says, on comment lines of its own, and one such line back. */
void nm_dialplan_sound(const char *sound, const char *text, struct nm_buf *out);
bool nm_dialplan_text_read(const char *line, struct nm_buf *out);

/* How numbers are dialled: what stands before and after them. */
struct nm_dialplan_trunk {
	const char *before, *after; /* within the account's endpoint */
	size_t before_len;
};
/* Of "PJSIP/{number}@trunk"; NULL: the account does not say. */
enum nm_code nm_dialplan_trunk_read(const char *template, struct nm_dialplan_trunk *out,
				    struct nm_error *err) NM_WARN_UNUSED;
/* SIP addresses are dialled through the PJSIP endpoint of a trunk: its name, NULL when it has none. */
const char *nm_dialplan_trunk_endpoint(const struct nm_dialplan_trunk *trunk);
bool nm_dialplan_is_word(const char *text, size_t len);
bool nm_dialplan_is_number(const char *text, size_t len);

enum nm_code nm_dialplan_write(const struct nm_route *route, const struct nm_dialplan_trunk *trunk,
			       struct nm_buf *out, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_dialplan_lift(const struct nm_artefact *live, struct nm_route **out, const char **foreign,
			      struct nm_error *err) NM_WARN_UNUSED;

#endif

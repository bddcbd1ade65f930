// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reading recordings.
 *
 * A file may be cut off anywhere or hold anything: each record is checked as
 * far as it can be without knowing what came before it, and what is wrong is
 * said with its offset.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording.h"

/**
 * struct xrsched_recording - A recording that is read
 * @file: it
 * @header: its header
 * @next: offset of the next record
 * @last_ns: time of the last one
 * @nr: records read
 * @over: its end was read
 */
struct xrsched_recording {
	FILE *file;
	struct xrsched_recording_header header;
	uint64_t next;
	uint64_t last_ns;
	uint64_t nr;
	bool over;
};

static int check_header(const struct xrsched_recording_header *header,
			size_t got, const char *path,
			struct xrsched_error *error)
{
	if (got < sizeof(*header) ||
	    memcmp(header->magic, RECORDING_MAGIC, sizeof(header->magic)))
		return xrsched_fail(error, -EPROTO,
				    "%s: offset 0: this is no recording", path);
	if (header->version != XRSCHED_RECORDING_VERSION)
		return xrsched_fail(error, -EPROTO,
				    "%s: offset 8: version %" PRIu32
				    " of the format; this program knows %d",
				    path, header->version,
				    XRSCHED_RECORDING_VERSION);
	if (header->header_bytes != sizeof(*header) ||
	    header->record_bytes != sizeof(struct xrsched_record))
		return xrsched_fail(error, -EPROTO,
				    "%s: offset 12: header of %" PRIu32
				    " and records of %" PRIu32
				    " bytes, not 64 and 64",
				    path, header->header_bytes,
				    header->record_bytes);
	if (memchr(header->producer, 0, sizeof(header->producer)) == NULL)
		return xrsched_fail(error, -EPROTO,
				    "%s: offset 40: a name without an end",
				    path);
	return 0;
}

XRSCHED_API int xrsched_recording_open(const char *path,
				       struct xrsched_recording **out,
				       struct xrsched_error *error)
{
	struct xrsched_recording *recording = calloc(1, sizeof(*recording));
	size_t got;
	int ret;

	if (!recording)
		return xrsched_fail(error, -ENOMEM, "%s", strerror(ENOMEM));
	recording->file = fopen(path, "rb");
	if (!recording->file) {
		ret = xrsched_fail(error, -errno, "%s: %s", path,
				   strerror(errno));
		free(recording);
		return ret;
	}
	got = fread(&recording->header, 1, sizeof(recording->header),
		    recording->file);
	ret = ferror(recording->file)
		      ? xrsched_fail(error, -EIO, "%s: cannot be read", path)
		      : check_header(&recording->header, got, path, error);
	if (ret) {
		xrsched_recording_close(recording);
		return ret;
	}
	recording->next = sizeof(recording->header);
	*out = recording;
	return 0;
}

XRSCHED_API void xrsched_recording_close(struct xrsched_recording *recording)
{
	if (!recording)
		return;
	fclose(recording->file);
	free(recording);
}

XRSCHED_API const struct xrsched_recording_header *
xrsched_recording_get_header(const struct xrsched_recording *recording)
{
	return &recording->header;
}

XRSCHED_API uint64_t
xrsched_recording_offset(const struct xrsched_recording *recording)
{
	return recording->next - sizeof(struct xrsched_record);
}

/* Names are at most 31 bytes and then zeroes. */
static bool name_ends(const struct xrsched_record *record)
{
	switch (record->type) {
	case XRSCHED_REC_NAME:
	case XRSCHED_REC_MODEL:
	case XRSCHED_REC_ENGINE_ADD:
	case XRSCHED_REC_PARAM:
	case XRSCHED_REC_POLICY:
		return memchr(record->data, 0, XRS_RECORD_NAME);
	default:
		return true;
	}
}

static const char *record_fault(const struct xrsched_recording *recording,
				const struct xrsched_record *record)
{
	if (record->at_ns < recording->last_ns)
		return "time goes backwards";
	if (!name_ends(record))
		return "a name without an end";
	if (record->type == XRSCHED_REC_END && record->data[0] != recording->nr)
		return "the end counts other records than there are";
	return NULL;
}

XRSCHED_API int xrsched_recording_next(struct xrsched_recording *recording,
				       struct xrsched_record *record,
				       struct xrsched_error *error)
{
	size_t got = fread(record, 1, sizeof(*record), recording->file);
	uint64_t offset = recording->next;
	const char *fault;

	if (ferror(recording->file))
		return xrsched_fail(error, -EIO,
				    "offset %" PRIu64 ": cannot be read",
				    offset);
	if (!got && recording->over)
		return 0;
	if (recording->over)
		return xrsched_fail(error, -EPROTO,
				    "offset %" PRIu64 ": more after the end",
				    offset);
	if (got < sizeof(*record))
		return xrsched_fail(error, -ENODATA,
				    "offset %" PRIu64 ": the file ends %s",
				    offset,
				    got ? "in the middle of a record"
					: "before its recording does");
	fault = record_fault(recording, record);
	if (fault)
		return xrsched_fail(error, -EPROTO, "offset %" PRIu64 ": %s",
				    offset, fault);
	recording->next += sizeof(*record);
	recording->nr++;
	recording->last_ns = record->at_ns;
	recording->over = record->type == XRSCHED_REC_END;
	return 1;
}

/* ----- in words --------------------------------------------------------- */

static const char *const outcomes[] = { "?", "completed", "dropped",
					"cancelled", "failed" };
static const char *const reasons[] = {
	"",	     " (expired)", " (hopeless)", " (early)",	  " (upstream)",
	" (cancel)", " (close)",   " (device)",	  " (no engine)", " (timeout)",
	" (fault)"
};

static const char *word(const char *const *words, unsigned int nr,
			unsigned int i)
{
	return i < nr ? words[i] : "?";
}

static void output_text(const struct xrs_record *r, char *text, size_t size)
{
	switch (r->type) {
	case XRS_REC_DISPATCH:
		snprintf(text, size,
			 "engine %u gets stream %u frame %llu layer %u, score "
			 "%.6f",
			 r->id, r->dispatch.stream,
			 (unsigned long long)r->dispatch.frame,
			 r->dispatch.layer, r->dispatch.score / 4294967296.0);
		break;
	case XRS_REC_FINISH:
		snprintf(text, size, "stream %u frame %llu %s%s, %llu pJ",
			 r->id, (unsigned long long)r->finish.frame,
			 word(outcomes, ELEMENTS(outcomes), r->arg),
			 word(reasons, ELEMENTS(reasons), r->part),
			 (unsigned long long)r->finish.energy_pj);
		break;
	case XRS_REC_WAKE:
		if (r->word[0] == XRS_NEVER)
			snprintf(text, size, "no wake-up wanted");
		else
			snprintf(text, size, "wake-up wanted at %llu ns",
				 (unsigned long long)r->word[0]);
		break;
	case XRS_REC_TUNED:
		snprintf(text, size, "tuner window %u: alpha %.6f, beta %.6f",
			 r->tuned.window, r->tuned.alpha / 1e6,
			 r->tuned.beta / 1e6);
		break;
	default:
		snprintf(text, size, "record of type %u", r->type);
	}
}

XRSCHED_API const char *xrsched_record_text(const struct xrsched_record *record,
					    char *text, unsigned int size)
{
	struct xrs_record r;

	memcpy(&r, record, sizeof(r));
	switch (r.type) {
	case XRS_REC_STREAM_ADD:
		snprintf(text, size, "stream %u comes", r.id);
		break;
	case XRS_REC_STREAM_REMOVE:
		snprintf(text, size, "stream %u goes", r.id);
		break;
	case XRS_REC_ENGINE_ADD:
		snprintf(text, size, "engine %u (%.31s) comes", r.id,
			 r.engine.class_name);
		break;
	case XRS_REC_ENGINE_UP:
		snprintf(text, size, "engine %u is up", r.id);
		break;
	case XRS_REC_ENGINE_DOWN:
		snprintf(text, size, "engine %u is down", r.id);
		break;
	case XRS_REC_ENGINE_REMOVE:
		snprintf(text, size, "engine %u goes", r.id);
		break;
	case XRS_REC_POLICY:
		snprintf(text, size, "policy %.31s", r.name.name);
		break;
	case XRS_REC_SUBMIT:
		snprintf(text, size, "stream %u frame %llu submitted", r.id,
			 (unsigned long long)r.submit.frame);
		break;
	case XRS_REC_CANCEL:
		snprintf(text, size, "stream %u frame %llu cancelled", r.id,
			 (unsigned long long)r.submit.frame);
		break;
	case XRS_REC_RELEASE:
		snprintf(text, size, "stream %u frame %llu is let go", r.id,
			 (unsigned long long)r.submit.frame);
		break;
	case XRS_REC_LEARNED:
		snprintf(text, size, "model %llu has learned",
			 (unsigned long long)r.learned.model);
		break;
	case XRS_REC_LAYER_DONE:
		snprintf(text, size,
			 "engine %u ends stream %u frame %llu layer %u", r.id,
			 r.done.stream, (unsigned long long)r.done.frame,
			 r.done.layer);
		break;
	case XRS_REC_RUN:
		snprintf(text, size, "run");
		break;
	case XRS_REC_RESET:
		snprintf(text, size, "counters are reset");
		break;
	case XRS_REC_LOST:
		snprintf(text, size, "%llu records are missing",
			 (unsigned long long)r.word[0]);
		break;
	case XRS_REC_END:
		snprintf(text, size, "end of the recording");
		break;
	default:
		output_text(&r, text, size);
	}
	return text;
}

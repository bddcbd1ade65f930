// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"

static const char *const names[] = {
	"t.json",
	"h.json",
	"tiny.json",
	"tabled.json",
	"tabled.layers.tsv",
	"tabled.costs.tsv",
};

static char dir[] = "/tmp/xrsched-test-XXXXXX";
static char path[512];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void quote(char *text)
{
	while ((text = strchr(text, '\'')))
		*text = '"';
}

const char *files_path(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	FILE *stream = fopen(files_path(name), "w");

	if (!stream || fputs(text, stream) < 0 || fclose(stream))
		die(name);
}

void files_text(const char *name, const char *text)
{
	char quoted[8192];

	snprintf(quoted, sizeof(quoted), "%s", text);
	quote(quoted);
	write_file(name, quoted);
}

/* The correct file */
static void read_original(const char *name, char *text, size_t size)
{
	char original[512];
	FILE *stream;

	snprintf(original, sizeof(original), "%s/%s", ORIGINALS, name);
	stream = fopen(original, "r");
	if (!stream)
		die(original);
	text[fread(text, 1, size - 1, stream)] = '\0';
	fclose(stream);
}

void files_restore(const char *name)
{
	char text[8192];

	read_original(name, text, sizeof(text));
	write_file(name, text);
}

void files_spoil(const char *name, const char *from, const char *to)
{
	char text[4096], spoilt[8192], what[512];
	char *at;

	read_original(name, text, sizeof(text));
	snprintf(what, sizeof(what), "%s", from);
	quote(what);
	at = strstr(text, what);
	if (!at) {
		fprintf(stderr, "%s does not hold %s\n", name, what);
		exit(1);
	}
	*at = '\0';
	snprintf(spoilt, sizeof(spoilt), "%s%s%s", text, to, at + strlen(what));
	files_text(name, spoilt);
}

void files_make(void)
{
	if (!mkdtemp(dir))
		die(dir);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		files_restore(names[i]);
}

void files_remove(void)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;

	while (stream && (entry = readdir(stream)))
		unlink(files_path(entry->d_name));
	if (stream)
		closedir(stream);
	rmdir(dir);
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
}

int files_load(struct xrsched_workload **w, struct xrsched_error *error)
{
	char scenario[512], hardware[512];
	struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = scenario,
		.hardware = hardware,
	};

	strcpy(scenario, files_path("t.json"));
	strcpy(hardware, files_path("h.json"));
	return xrsched_workload_load(&args, w, error);
}

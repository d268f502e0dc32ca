/* SPDX-License-Identifier: Apache-2.0 */
/* The host's CPUs and NUMA nodes, and the files of a node. */
#include "base.h"
#include "cpus.h"
#include "file.h"
#include "host.h"
#include "str.h"

#define NODE_FILE_MAX 65536 /* a page, of any size there is */

int host_read_set(struct host *h, enum host_file file, uint64_t now_ns,
		  struct cpus *ret)
{
	autostr struct str text = { 0 };
	int r;

	*ret = (struct cpus){ 0 };
	r = host_read(h, file, now_ns, &text);

	return r < 0 ? r : cpus_parse(str_text(&text), ret);
}

int host_read_node(const struct host *h, unsigned node, const char *name,
		   struct str *out)
{
	autostr struct str path = { 0 };

	str_addf(&path, "devices/system/node/node%u/%s", node, name);
	if (path.err)
		return path.err;

	return file_read(host_sys(h), path.text, NODE_FILE_MAX, out);
}

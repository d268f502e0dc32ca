/* SPDX-License-Identifier: Apache-2.0 */
/* Tell the service manager. */
#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>

#include "base.h"

#define PATIENCE_US 200000

int notify_open(struct notify *n, const char *socket_name)
{
	const struct timeval patience = { .tv_usec = PATIENCE_US };
	size_t len = socket_name ? strlen(socket_name) : 0;
	autoclose int fd = -1;

	*n = (struct notify)NOTIFY_NONE;
	if (len == 0)
		return 0;
	if (*socket_name != '/' && *socket_name != '@')
		return -EPROTONOSUPPORT;
	if (len >= sizeof(n->to.sun_path))
		return -ENAMETOOLONG;

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
				 sizeof(patience)) < 0)
		return -errno;

	n->to.sun_family = AF_UNIX;
	memcpy(n->to.sun_path, socket_name, len);
	n->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (*socket_name == '@')
		n->to.sun_path[0] = '\0'; /* unix(7): abstract */
	n->fd = take_fd(&fd);
	return 0;
}

int notify_send(const struct notify *n, int fd, const char *text)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	/* sendmsg(2) only reads what is not const here. */
	struct sockaddr_un to = n->to;
	char copy[512];
	struct iovec iov = { copy, strlen(text) };
	struct msghdr m = {
		.msg_name = &to,
		.msg_namelen = n->len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	if (n->fd < 0)
		return 0;
	if (iov.iov_len > sizeof(copy))
		return -EMSGSIZE;
	memcpy(copy, text, iov.iov_len);

	if (fd >= 0) {
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(int));
	}

	return sendmsg(n->fd, &m, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void notify_close(struct notify *n)
{
	close_at(&n->fd);
	n->fd = -1;
}

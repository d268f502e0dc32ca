/* SPDX-License-Identifier: Apache-2.0 */
/* Tell the service manager: sd_notify(3), by its documented protocol. */
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

struct notify {
	int fd; /* -1: there is nobody to tell */
	socklen_t len;
	struct sockaddr_un to;
};

#define NOTIFY_NONE                                                            \
	{                                                                      \
		.fd = -1                                                       \
	}

/* SOCKET is $NOTIFY_SOCKET: a path, "@name" for an abstract one, or NULL for
 * nobody. Returns 0, -EPROTONOSUPPORT for another kind, or -errno. */
int notify_open(struct notify *n, const char *socket);

/* Send lines "NAME=VALUE", and with them the open file FD unless that is -1.
 * Waits a moment at most. Returns 0, also when there is nobody, or -errno. */
int notify_send(const struct notify *n, int fd, const char *text);

void notify_close(struct notify *n);

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets of the Internet families. The socket's state and queues are here. so_tcp.c and so_dgram.c
 * (UDP and raw) move packets between it and lwIP; so_file.c makes it an open file; so_option.c has
 * its options, so_syscall.c the system calls.
 *
 * I1 The core lock (net.h) guards everything.
 * I2 A socket belongs to its open file or, until it is accepted, to the queue of the listening
 *    socket.
 * I3 lwIP's control block refers to the socket, and is detached before the socket is freed. The
 *    control block may end first: so_pcb is then NULL, and the addresses remain.
 * I4 While so_rcv_busy is set, a receiver copies out with the lock released, and no other thread
 *    takes from the queue. Arriving data is still queued at the end.
 */
#ifndef RUMP_NET_SOCKET_H
#define RUMP_NET_SOCKET_H

#include <rump/socket.h>

#include "lwip/ip_addr.h"
#include "lwip/pbuf.h"

#include "kern/copy.h"
#include "kern/file.h"
#include "kern/list.h"
#include "kern/select.h"
#include "kern/sync.h"
#include "net/net.h"

#define SS_CONNECTING 0x001u /* the handshake is under way */
#define SS_CONNECTED 0x002u  /* has a peer */
#define SS_LISTEN 0x004u
#define SS_EOF 0x008u	       /* the peer will send no more */
#define SS_RCVSHUT 0x010u      /* shutdown for reading */
#define SS_CANTSEND 0x020u     /* shutdown for writing, or the connection is gone */
#define SS_CONNREPORTED 0x040u /* connect has reported success */
#define SS_BOUNDADDR 0x080u    /* bound to an address, not only to a port */
#define SS_AUTOPORT 0x100u     /* connect chose the port */
#define SS_SNDFULL 0x200u      /* a caller was told that there is no room to send */

/* Received data: part of a stream, or a datagram with its sender. */
struct rcvchunk {
	struct list rc_node;
	struct pbuf *rc_p;
	unsigned rc_off;  /* bytes already consumed */
	unsigned rc_len;  /* bytes left */
	unsigned rc_room; /* of a buffer that collects small segments: bytes free at its end */
	unsigned rc_charge;
	ip_addr_t rc_addr;
	u16_t rc_port;
};

struct sockops;
struct tcp_pcb;
struct udp_pcb;
struct raw_pcb;

struct socket {
	const struct sockops *so_ops;
	int so_domain, so_type, so_proto;
	unsigned so_state;
	unsigned so_options; /* RUMP_SO_ flags that have no effect here */
	bool so_v6only;
	bool so_nodelay;
	bool so_hdrincl;
	int so_error;	  /* reported once */
	int so_softerror; /* the reason to report if a timeout follows */
	union {
		struct tcp_pcb *tcp;
		struct udp_pcb *udp;
		struct raw_pcb *raw;
	} so_pcb;
	ip_addr_t so_laddr, so_raddr;
	u16_t so_lport, so_rport;
	uint8_t so_ttl, so_tos; /* so_ttl 0: the default */
	unsigned so_keepidle_s, so_keepintvl_s, so_keepcnt;

	struct kcv so_rcv_cv, so_snd_cv;
	struct selinfo so_rsel, so_wsel;
	bool so_rcv_busy;

	struct list so_rcvq; /* rcvchunk */
	size_t so_rcvlen;    /* bytes of data in so_rcvq */
	size_t so_rcvcharge; /* what they are charged, against so_rcvbuf */
	size_t so_rcvbuf, so_sndbuf;
	/* bytes read without opening the window for them: it stays so_rcvbuf */
	size_t so_withheld;
	size_t so_rcvlowat;
	int64_t so_rcvtimeo_ns, so_sndtimeo_ns; /* 0: for ever */
	struct rump_linger so_linger;

	struct socket *so_head; /* the listening socket that has it in its queue */
	struct list so_acceptq; /* complete connections */
	struct list so_acceptnode;
	unsigned so_qlen, so_qlimit;
	struct list so_allnode; /* in the list of all stream sockets, for ICMP errors */
};

/* Flags of send and receive: MSG_ flags, and SOF_NBIO for a file in non-blocking mode. */
#define SOF_NBIO RUMP_MSG_NBIO

/*
 * Operations by protocol. The core lock is held, except in so_send and so_receive, which take it.
 */
struct sockops {
	int (*so_create)(struct socket *so);
	/* releases the control block; the socket is freed after it */
	void (*so_close)(struct socket *so);
	int (*so_bind)(struct socket *so, const ip_addr_t *addr, u16_t port);
	int (*so_connect)(struct socket *so, const ip_addr_t *addr, u16_t port, bool nbio);
	int (*so_disconnect)(struct socket *so); /* by connect to AF_UNSPEC */
	int (*so_listen)(struct socket *so, int backlog);
	int (*so_shutdown)(struct socket *so, int how);
	/*
	 * to: NULL, or the destination. Advances the uio; the caller hides an error that comes
	 * after some bytes.
	 */
	int (*so_send)(struct socket *so, struct uio *uio, int flags, const ip_addr_t *to,
		       u16_t port);
	/*
	 * from: NULL, or set to the sender. MSG_TRUNC and others are added to *mflags. *fullp: the
	 * whole length of the datagram, for MSG_TRUNC.
	 */
	int (*so_receive)(struct socket *so, struct uio *uio, int flags, ip_addr_t *from,
			  u16_t *port, int *mflags, size_t *fullp);
	/* Options that lwIP keeps have changed. */
	void (*so_apply)(struct socket *so);
	size_t (*so_space)(struct socket *so); /* room to send */
};
extern const struct sockops tcp_sockops, udp_sockops, raw_sockops;

/* A new socket without a file. NULL: no memory. Core lock held. */
struct socket *socket_alloc(int domain, int type, int proto, const struct sockops *ops);
/* Free it; so_close has been called. Core lock held. */
void socket_free(struct socket *so);
/* Find the protocol: EAFNOSUPPORT, EPROTONOSUPPORT, EPROTOTYPE. */
int socket_protocol(int domain, int type, int proto, const struct sockops **opsp, int *protop);

/* Wake readers (writers): there is something for them. */
void socket_rwakeup(struct socket *so);
void socket_wwakeup(struct socket *so);
/* Report and clear the error. */
int socket_error(struct socket *so);
/* The current state, for poll and kqueue alike. */
bool socket_readable(struct socket *so);
bool socket_writable(struct socket *so);
size_t socket_sndlowat(struct socket *so);
/* The receive queue. */
void socket_rcv_flush(struct socket *so);
void socket_rcv_free(struct socket *so, struct rcvchunk *rc);

/* so_file.c: make fp, from fd_allocfile, a file of the socket, and publish it as fd. */
extern const struct fileops socket_fileops;
void socket_file(struct lwp *l, struct socket *so, int sockflags, struct file *fp, int fd);
/* so_ioctl.c */
int socket_ioctl(struct socket *so, unsigned long req, void *data);

/* so_option.c: value is in kernel memory. *lenp: the room, then the length. Core lock held. */
int socket_setopt(struct socket *so, int level, int name, const void *value, uint32_t len);
int socket_getopt(struct socket *so, int level, int name, void *value, uint32_t *lenp);

#endif

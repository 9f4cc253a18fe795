/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * epoll. An item is one watched file: (epoll, descriptor number, file). It is a waiter on the
 * file's queue. An event puts the item on its epoll's ready list and wakes the threads that wait
 * there. epoll_wait takes the list and polls each file for what holds now.
 *
 * L1. structure_lock: items are added and removed, and files and epolls end, under it.
 * L2. An epoll's own lock, taken after it: the epoll's items; their files are polled under it.
 * L3. The event lock, taken last: the ready lists. An item is on its epoll's list, on collect's own
 *     list of work, or alone.
 * L4. An item that is ready stays on the list if it is level-triggered, and leaves it if it is
 *     edge-triggered or one-shot. An event of its file while it is polled puts it back: none is
 *     lost.
 * L5. An item has no reference to its file; the file's end removes it (epoll_forget).
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/event.h"
#include "calls.h"
#include "file/anon.h"
#include "file/epoll.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "file/poll.h"
#include "mm/user.h"

#define EVENTS_MAX (1u << 26) /* of one epoll_wait; Linux: as many as have 2 GiB */
/* Of an item's events, what is not an event. */
#define FLAGS (LX_EPOLLET | LX_EPOLLONESHOT | LX_EPOLLEXCLUSIVE | LX_EPOLLWAKEUP)
#define NESTED_MAX 5 /* epolls in each other, as Linux: bounds the recursion of polling */

struct epoll {
	struct cos_mutex lock;
	struct list_node items;
	struct list_node ready; /* under the event lock */
	struct file *file;
};

struct item {
	struct list_node link;	     /* epoll->items */
	struct list_node file_link;  /* file->epitems, under structure_lock */
	struct list_node ready_link; /* under the event lock; alone: not ready */
	struct waiter w;
	struct epoll *ep;
	struct file *file;
	int fd;
	uint32_t events;
	uint64_t data;
};

static struct cos_mutex structure_lock;

/* Under the event lock. */
static void item_ready(struct item *item)
{
	if (list_empty(&item->ready_link))
		list_add_tail(&item->ep->ready, &item->ready_link);
	waitq_wake_locked(&item->ep->file->waitq, LX_POLLIN | LX_POLLRDNORM);
}

static void item_fire(struct waiter *w, unsigned events)
{
	(void)events;
	item_ready(container_of(w, struct item, w));
}

/* Under structure_lock and the epoll's lock. */
static void item_free(struct item *item)
{
	waiter_remove(&item->w);
	event_lock();
	list_remove(&item->ready_link);
	event_unlock();
	list_remove(&item->link);
	list_remove(&item->file_link);
	cos_free(item);
}

void epoll_forget(struct file *f)
{
	if (list_empty(&f->epitems))
		return;
	cos_mutex_lock(&structure_lock);
	while (!list_empty(&f->epitems)) {
		struct item *item = container_of(f->epitems.next, struct item, file_link);
		struct epoll *ep = item->ep;

		cos_mutex_lock(&ep->lock);
		item_free(item);
		cos_mutex_unlock(&ep->lock);
	}
	cos_mutex_unlock(&structure_lock);
}

static void epoll_release(struct file *f)
{
	struct epoll *ep = f->object;

	cos_mutex_lock(&structure_lock);
	cos_mutex_lock(&ep->lock);
	while (!list_empty(&ep->items))
		item_free(container_of(ep->items.next, struct item, link));
	cos_mutex_unlock(&ep->lock);
	cos_mutex_unlock(&structure_lock);
	cos_free(ep);
}

static unsigned item_poll(struct thread *t, struct item *item)
{
	return file_poll(t, item->file) & (item->events | LX_POLLERR | LX_POLLHUP);
}

/* An epoll is ready itself if a file that it watches is. */
static unsigned epoll_poll(struct thread *t, struct file *f)
{
	struct epoll *ep = f->object;
	struct list_node *p;
	unsigned mask = 0;

	cos_mutex_lock(&ep->lock);
	list_for_each(p, &ep->items) {
		struct item *item = container_of(p, struct item, link);

		if (!list_empty(&item->ready_link) && item_poll(t, item)) {
			mask = LX_POLLIN | LX_POLLRDNORM;
			break;
		}
	}
	cos_mutex_unlock(&ep->lock);
	return mask;
}

static const struct file_ops epoll_ops = {
	.poll = epoll_poll,
	.stat = anon_stat,
	.release = epoll_release,
};

static long create(struct thread *t, bool cloexec)
{
	struct file *f = anon_create(&epoll_ops, sizeof(struct epoll), 0);
	struct epoll *ep;

	if (!f)
		return -LX_ENOMEM;
	f->kind = FILE_EPOLL;
	ep = f->object;
	list_init(&ep->items);
	list_init(&ep->ready);
	ep->file = f;
	return fd_install(t, f, 0, cloexec);
}

long sys_epoll_create1(struct thread *t, const uint64_t *a)
{
	return a[0] & ~(uint64_t)LX_O_CLOEXEC ? -LX_EINVAL : create(t, a[0] != 0);
}

long sys_epoll_create(struct thread *t, const uint64_t *a)
{
	return (int)a[0] <= 0 ? -LX_EINVAL : create(t, false);
}

/*
 * How many epolls are nested in f, itself included; more than NESTED_MAX if ep is among them, which
 * would be a circle. Under structure_lock.
 */
static int depth(struct file *f, const struct epoll *ep, int level)
{
	struct epoll *e = f->object;
	struct list_node *p;
	int deepest = 0;

	if (f->kind != FILE_EPOLL)
		return 0;
	if (e == ep || level > NESTED_MAX)
		return NESTED_MAX + 1;
	list_for_each(p, &e->items) {
		int d = depth(container_of(p, struct item, link)->file, ep, level + 1);

		deepest = MAX(deepest, d);
	}
	return deepest + 1;
}

static struct item *find(struct epoll *ep, const struct file *f, int fd)
{
	struct list_node *p;

	/* The shorter of two lists: few files are in more than one epoll. */
	list_for_each(p, &f->epitems) {
		struct item *item = container_of(p, struct item, file_link);

		if (item->ep == ep && item->fd == fd)
			return item;
	}
	return NULL;
}

static void item_look(struct thread *t, struct item *item)
{
	if (!item_poll(t, item))
		return;
	event_lock();
	item_ready(item);
	event_unlock();
}

/* Under both locks. */
static long item_add(struct thread *t, struct epoll *ep, struct file *f, int fd,
		     const struct lx_epoll_event *event)
{
	struct item *item = cos_calloc(1, sizeof(*item));

	if (!item)
		return -LX_ENOMEM;
	item->ep = ep;
	item->file = f;
	item->fd = fd;
	item->events = event->events;
	item->data = event->data;
	item->w.fire = item_fire;
	item->w.events = event->events;
	list_init(&item->ready_link);
	list_add_tail(&ep->items, &item->link);
	list_add_tail(&f->epitems, &item->file_link);
	waiter_add(&f->waitq, &item->w);
	item_look(t, item);
	return 0;
}

static long control(struct thread *t, struct epoll *ep, int op, struct file *f, int fd,
		    const struct lx_epoll_event *event)
{
	struct item *item = find(ep, f, fd);

	switch (op) {
	case LX_EPOLL_CTL_ADD:
		if (item)
			return -LX_EEXIST;
		if (f->kind == FILE_EPOLL && depth(f, ep, 0) > NESTED_MAX)
			return -LX_ELOOP;
		return item_add(t, ep, f, fd, event);
	case LX_EPOLL_CTL_DEL:
		if (!item)
			return -LX_ENOENT;
		item_free(item);
		return 0;
	case LX_EPOLL_CTL_MOD:
		if (!item)
			return -LX_ENOENT;
		item->events = event->events;
		item->data = event->data;
		item->w.events = event->events;
		item_look(t, item);
		return 0;
	default:
		return -LX_EINVAL;
	}
}

long sys_epoll_ctl(struct thread *t, const uint64_t *a)
{
	struct file *epf = fd_get(t, (int)a[0]), *f = fd_get(t, (int)a[2]);
	struct lx_epoll_event event = {0};
	struct epoll *ep;
	long r = 0;

	if (!epf || !f)
		r = -LX_EBADF;
	else if ((int)a[1] != LX_EPOLL_CTL_DEL)
		r = user_get(t, &event, a[3], sizeof(event));
	if (r == 0 && !f->ops->poll)
		r = -LX_EPERM; /* such a file is always ready, and epoll refuses it */
	if (r == 0 && (epf == f || epf->kind != FILE_EPOLL))
		r = -LX_EINVAL;
	if (r == 0) {
		ep = epf->object;
		cos_mutex_lock(&structure_lock);
		cos_mutex_lock(&ep->lock);
		r = control(t, ep, (int)a[1], f, (int)a[2], &event);
		cos_mutex_unlock(&ep->lock);
		cos_mutex_unlock(&structure_lock);
	}
	if (epf)
		file_put(epf);
	if (f)
		file_put(f);
	return r;
}

struct collect {
	uint64_t out;
	int max;
};

/* Give the program what is ready: how many events, -LX_EAGAIN: none. */
static long collect(struct thread *t, struct file *f, void *arg)
{
	struct collect *c = arg;
	struct epoll *ep = f->object;
	struct list_node todo, *n;
	long count = 0, r = 0;

	cos_mutex_lock(&ep->lock);
	list_init(&todo);
	event_lock();
	while (!list_empty(&ep->ready)) {
		n = ep->ready.next;
		list_remove(n);
		list_add_tail(&todo, n);
	}
	event_unlock();
	while (count < c->max) {
		struct item *item;
		struct lx_epoll_event event;
		unsigned mask;

		event_lock();
		n = list_empty(&todo) ? NULL : todo.next;
		if (n)
			list_remove(n);
		event_unlock();
		if (!n)
			break;
		item = container_of(n, struct item, ready_link);
		mask = item_poll(t, item);
		if (!mask ||
		    !(item->events & ~FLAGS)) /* a one-shot that has fired has only flags */
			continue;
		event = (struct lx_epoll_event){mask, item->data};
		r = user_put(t, c->out + (uint64_t)count * sizeof(event), &event, sizeof(event));
		if (r == 0)
			count++;
		if (r == 0 && item->events & LX_EPOLLONESHOT)
			item->events &= FLAGS;
		if (r < 0 || !(item->events & (LX_EPOLLET | LX_EPOLLONESHOT))) {
			event_lock();
			if (list_empty(&item->ready_link))
				list_add_tail(&ep->ready, &item->ready_link);
			event_unlock();
		}
		if (r < 0)
			break;
	}
	/* Items that were not reached stay ready, before those of later events. */
	event_lock();
	while (!list_empty(&todo)) {
		n = todo.prev;
		list_remove(n);
		list_add_head(&ep->ready, n);
	}
	event_unlock();
	cos_mutex_unlock(&ep->lock);
	return count ? count : r < 0 ? r : -LX_EAGAIN;
}

static long epoll_wait(struct thread *t, uint64_t epfd, uint64_t out, uint64_t max,
		       uint64_t deadline, bool expired)
{
	struct collect c = {out, (int)max};
	struct file *f = fd_get(t, (int)epfd);
	long r;

	if (!f)
		return -LX_EBADF;
	if (f->kind != FILE_EPOLL || c.max <= 0 || max > EVENTS_MAX)
		r = -LX_EINVAL;
	else
		r = file_retry(t, f, LX_POLLIN, expired, deadline, collect, &c);
	file_put(f);
	if (r == -LX_RESTART)
		return -LX_EINTR;
	return r == -LX_ETIMEDOUT || r == -LX_EAGAIN ? 0 : r;
}

long sys_epoll_wait(struct thread *t, const uint64_t *a)
{
	return epoll_wait(t, a[0], a[1], a[2], poll_deadline((int)a[3]), (int)a[3] == 0);
}

long sys_epoll_pwait(struct thread *t, const uint64_t *a)
{
	long r = poll_mask(t, a[4], a[5]);

	return r < 0 ? r
		     : epoll_wait(t, a[0], a[1], a[2], poll_deadline((int)a[3]), (int)a[3] == 0);
}

long sys_epoll_pwait2(struct thread *t, const uint64_t *a)
{
	uint64_t deadline;
	bool expired;
	long r = poll_timespec(t, a[3], &deadline, &expired);

	if (r == 0)
		r = poll_mask(t, a[4], a[5]);
	return r < 0 ? r : epoll_wait(t, a[0], a[1], a[2], deadline, expired);
}

#ifndef CZEROMQ_SHIM_H
#define CZEROMQ_SHIM_H

#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <zmq.h>

/* Swift's Glibc module leaves <sys/eventfd.h> and <sys/prctl.h> out. */

/* A descriptor to wake a poll with, or -1 with errno set. */
static inline int czmq_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

/* Names the calling thread; the kernel keeps 15 bytes. */
static inline void czmq_name_thread(const char *name) { (void)prctl(PR_SET_NAME, name, 0, 0, 0); }

#endif

// Counts the allocations of the process by standing in for malloc and its kin, which glibc allows
// (manual, "Replacing malloc"); the memory still comes from glibc. For one-threaded measurements.
#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

unsigned long tessera_allocation_count(void);

#endif

// What Norma asks of MPI: MPI's own names are macros, which Swift does not see.
//
// Every function returns MPI's code, 0 for success; cmpi_message says what a code means.
#pragma once

#include <mpi.h>
#include <stdint.h>
#include <time.h>

// Starts MPI for calls from this thread; failures are returned from then on.
static inline int cmpi_start(int32_t *rank, int32_t *count) {
  int provided, code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  if (!code) code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if (!code) code = MPI_Comm_rank(MPI_COMM_WORLD, rank);
  if (!code) code = MPI_Comm_size(MPI_COMM_WORLD, count);
  return code;
}

// Overwrites the values with their sums over all processes.
static inline int cmpi_sum(float *values, int32_t count) {
  return MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
}

// Returns when all processes have called it. Asks once a millisecond: MPI's own barrier keeps a core busy.
static inline int cmpi_wait(void) {
  MPI_Request request;
  int done = 0, code = MPI_Ibarrier(MPI_COMM_WORLD, &request);
  while (!code && !done) {
    code = MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    struct timespec pause = {0, 1000000};
    if (!done) nanosleep(&pause, NULL);
  }
  return code;
}

static inline int cmpi_finish(void) { return MPI_Finalize(); }

// Ends all processes; the launcher takes the exit code.
static inline void cmpi_abort(int32_t exit_code) { MPI_Abort(MPI_COMM_WORLD, exit_code); }

// `text` holds CMPI_MESSAGE_LENGTH bytes.
enum { CMPI_MESSAGE_LENGTH = MPI_MAX_ERROR_STRING };
static inline void cmpi_message(int32_t code, char *text) {
  int length;
  MPI_Error_string(code, text, &length);
}

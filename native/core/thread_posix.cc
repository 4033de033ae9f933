#include <pthread.h>

#include <csignal>

#include "thread.h"

namespace pixelpool {

bool start_thread(void (*run)()) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // inherited by the new thread
  pthread_t thread;
  const auto start = [](void* function) -> void* {
    reinterpret_cast<void (*)()>(function)();
    return nullptr;
  };
  const bool started = pthread_create(&thread, nullptr, start, reinterpret_cast<void*>(run)) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (started) pthread_detach(thread);
  return started;
}

}  // namespace pixelpool

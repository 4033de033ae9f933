#include "failing.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <mutex>
#include <utility>

namespace {

constexpr std::size_t call_count = 8;
constexpr int dontneed_locked = 24;  // MADV_DONTNEED_LOCKED, not in all headers

std::mutex mutex;  // guards rules
std::array<std::shared_ptr<const Rule>, call_count> rules;

void set(Call call, std::shared_ptr<const Rule> rule) {
  const std::lock_guard lock(mutex);
  rules[static_cast<std::size_t>(call)] = std::move(rule);
}

// Whether the call fails; errno says with what.
bool fails(Call call) {
  std::shared_ptr<const Rule> rule;
  {
    const std::lock_guard lock(mutex);
    rule = rules[static_cast<std::size_t>(call)];
  }
  const int error = rule == nullptr ? 0 : (*rule)();
  if (error == 0) return false;
  errno = error;
  return true;
}

}  // namespace

Failing::Failing(Call call, Rule rule) : call_(call) {
  set(call, std::make_shared<const Rule>(std::move(rule)));
}

Failing::~Failing() {
  set(call_, nullptr);
}

Rule nth(int n, int error) {
  const auto calls = std::make_shared<std::atomic<int>>(0);
  return [calls, n, error] { return ++*calls == n ? error : 0; };
}

// NOLINTBEGIN: the names are the linker's
extern "C" {

void* __real_mmap(void*, size_t, int, int, int, off_t);
void* __wrap_mmap(void* at, size_t bytes, int access, int flags, int file, off_t offset) {
  if (fails(Call::map)) return MAP_FAILED;
  return __real_mmap(at, bytes, access, flags, file, offset);
}

int __real_mprotect(void*, size_t, int);
int __wrap_mprotect(void* at, size_t bytes, int access) {
  return fails(Call::protect) ? -1 : __real_mprotect(at, bytes, access);
}

int __real_madvise(void*, size_t, int);
int __wrap_madvise(void* at, size_t bytes, int advice) {
  const bool discards = advice == MADV_DONTNEED || advice == dontneed_locked;
  return fails(discards ? Call::discard : Call::advise) ? -1 : __real_madvise(at, bytes, advice);
}

int __real_mincore(void*, size_t, unsigned char*);
int __wrap_mincore(void* at, size_t bytes, unsigned char* pages) {
  return fails(Call::resident) ? -1 : __real_mincore(at, bytes, pages);
}

int __real_open(const char*, int, mode_t);
int __wrap_open(const char* path, int flags, mode_t mode) {
  return fails(Call::open) ? -1 : __real_open(path, flags, mode);
}

int __real_fallocate(int, int, off_t, off_t);
int __wrap_fallocate(int file, int mode, off_t offset, off_t bytes) {
  return fails(Call::allocate) ? -1 : __real_fallocate(file, mode, offset, bytes);
}

int __real_pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
int __wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                          void* argument) {
  if (fails(Call::thread)) return errno;
  return __real_pthread_create(thread, attributes, run, argument);
}

}  // extern "C"
// NOLINTEND

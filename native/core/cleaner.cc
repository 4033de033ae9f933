#include "cleaner.h"

#include <utility>

#include "thread.h"

namespace pixelpool {

void Cleaner::add(Job job) {
  if (!instance().add_for_thread(job)) run_here(std::move(job));
}

bool Cleaner::add_for_thread(Job& job) {
  const std::lock_guard lock(mutex_);
  if (!started_) started_ = start_thread([] { instance().run(); });
  if (!started_) return false;
  jobs_.push_back(std::move(job));
  added_.notify_one();
  return true;
}

void Cleaner::run_here(Job job) {
  static thread_local std::deque<Job>* jobs = nullptr;  // while some run
  if (jobs != nullptr) {
    jobs->push_back(std::move(job));
    return;
  }
  std::deque<Job> mine;
  jobs = &mine;
  for (mine.push_back(std::move(job)); !mine.empty(); mine.pop_front()) mine.front()();
  jobs = nullptr;
}

// Never destroyed: the thread may outlive every other thing of the process.
Cleaner& Cleaner::instance() {
  static auto* const cleaner = new Cleaner();
  return *cleaner;
}

void Cleaner::run() {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      added_.wait(lock, [this] { return !jobs_.empty(); });
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace pixelpool

#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace pixelpool {

// Cleans up behind tenants, on one thread for the whole process, which begins with the first job
// and never ends. A job holds what it works on. Where the system refuses the thread, who adds a job
// does it, and those that this one adds, one after the other.
class Cleaner {
 public:
  using Job = std::function<void()>;

  static void add(Job job);

 private:
  Cleaner() = default;
  static Cleaner& instance();
  static void run_here(Job job);
  bool add_for_thread(Job& job);
  void run();

  std::mutex mutex_;  // guards everything below
  std::condition_variable added_;
  std::deque<Job> jobs_;
  bool started_ = false;
};

}  // namespace pixelpool

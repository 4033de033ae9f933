#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "cleaner.h"

namespace pixelpool {

// Holds up the cleaner's thread from its beginning to its end: jobs added meanwhile are done after.
class Pause {
 public:
  Pause() {
    Cleaner::add([state = state_] {
      std::unique_lock lock(state->mutex);
      state->reached = true;
      state->changed.notify_all();
      state->changed.wait(lock, [&] { return state->over; });
    });
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return state_->reached; });
  }
  ~Pause() { end(); }
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;

  void end() {
    const std::lock_guard lock(state_->mutex);
    state_->over = true;
    state_->changed.notify_all();
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool reached = false;
    bool over = false;
  };
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

// Until all jobs that were added before are done, and those that they added.
inline void await_cleaner() {
  Pause().end();
  Pause().end();
}

}  // namespace pixelpool

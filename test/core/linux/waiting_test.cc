#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "asleep.h"
#include "failing.h"
#include "folder.h"
#include "harness.h"
#include "pause.h"
#include "pool.h"
#include "tenant.h"

using namespace pixelpool;

// Who acquires while another thread is in the system with a slot: he waits for it, and no longer.

namespace {

const std::size_t page = Pages::page_bytes();

PoolOptions slots(std::uint32_t count, std::size_t budget_pages) {
  PoolOptions options{};
  options.classes = {{4 * page, count, false, true}, {page, 4, false, true}};
  options.budget = budget_pages * page;
  return options;
}

Demand large() {
  return {0, 4 * page};
}
Demand small() {
  return {1, page};
}

// Holds up the next call of a kind until end(), then has it fail or not.
class HeldUp {
 public:
  explicit HeldUp(Call call, int error = 0)
      : failing_(call, [this, error] {
          std::unique_lock lock(mutex_);
          if (reached_) return 0;
          reached_ = true;
          changed_.notify_all();
          changed_.wait(lock, [this] { return over_; });
          return error;
        }) {}

  void await_call() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return reached_; });
  }
  void end() {
    const std::lock_guard lock(mutex_);
    over_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool reached_ = false;
  bool over_ = false;
  const Failing failing_;
};

// An acquire on a thread of its own.
class Acquire {
 public:
  Acquire(Tenant& tenant, const Demand& demand)
      : thread_([this, &tenant, demand] {
          id_ = gettid();
          status_ = tenant.take(demand, grant_);
        }) {}

  void await_sleep() const {
    while (id_ == 0) std::this_thread::yield();
    ::await_sleep(id_);
  }
  Status end() {
    thread_.join();
    return status_;
  }
  [[nodiscard]] const Grant& grant() const { return grant_; }

 private:
  std::atomic<pid_t> id_{0};
  Grant grant_;
  Status status_ = Status::closed;
  std::thread thread_;
};

void write_and_drop(Tenant& tenant, const Demand& demand) {
  const Grant grant = tenant.take(demand);
  tenant.paint(grant, 1);
  tenant.drop(grant);
}

}  // namespace

TEST("an acquire waits for the only slot, whose memory is on its way back") {
  const auto pool = make(slots(1, 100));
  Tenant tenant(pool);
  Tenant other(pool);
  write_and_drop(tenant, large());
  HeldUp held_up(Call::discard);
  std::thread trim([&] { (void)pool->trim(); });
  held_up.await_call();
  Acquire acquire(other, large());
  acquire.await_sleep();
  held_up.end();
  EXPECT(acquire.end() == Status::ok);
  trim.join();
}

TEST("an acquire waits for memory that is on its way back, whether it comes or not") {
  for (const int error : {0, EINVAL}) {
    const auto pool = make(slots(1, 4));
    Tenant tenant(pool);
    Tenant other(pool);
    write_and_drop(tenant, large());
    HeldUp held_up(Call::discard, error);
    std::thread trim([&] { (void)pool->trim(); });
    held_up.await_call();
    Acquire acquire(other, small());
    acquire.await_sleep();
    held_up.end();
    EXPECT(acquire.end() == Status::ok);
    trim.join();
    EXPECT(pool->stats().held_bytes <= 4 * page);
  }
}

TEST("a tenancy that ends while its tail is on its way back leaves a slot for the next one") {
  const auto pool = make(slots(1, 4));
  Tenant tenant(pool);
  Tenant other(pool);
  write_and_drop(tenant, large());
  const Grant narrow = tenant.take({0, page});
  HeldUp held_up(Call::discard);
  Acquire acquire(other, small());
  held_up.await_call();
  tenant.drop(narrow);
  EXPECT(pool->stats().free == 5);
  Acquire next(tenant, {0, page});
  next.await_sleep();
  held_up.end();
  EXPECT(acquire.end() == Status::ok);
  EXPECT(next.end() == Status::ok);
  EXPECT(next.grant().lease.slot == narrow.lease.slot);
  EXPECT(pool->stats().leased == 2);
}

TEST("an acquire waits for idle memory that is being cleared, instead of being refused") {
  PoolOptions clearing = slots(1, 3);
  clearing.contents.clear = true;
  clearing.clear_on_release = true;
  const auto pool = make(clearing);
  Tenant tenant(pool);
  Tenant other(pool);
  const Grant narrow = tenant.take({0, 3 * page});
  tenant.paint(narrow, 1);
  HeldUp held_up(Call::discard);  // the cleaner's, of what may be beyond
  tenant.drop(narrow);
  held_up.await_call();
  Acquire acquire(other, small());
  acquire.await_sleep();
  held_up.end();
  EXPECT(acquire.end() == Status::ok);
  EXPECT(pool->stats().held_bytes == 3 * page);
}

TEST("who waits for a slot that goes to scratch is told that it is leased") {
  const Folder folder;
  if (folder.refuses_files()) return;
  PoolOptions options = slots(1, 1);
  options.scratch = {{folder.path(), 4 * page}};
  const auto pool = make(options);
  Tenant tenant(pool);
  Tenant other(pool);
  HeldUp held_up(Call::allocate);
  Acquire first(tenant, large());
  held_up.await_call();
  Acquire second(other, large());
  second.await_sleep();
  held_up.end();
  EXPECT(first.end() == Status::ok);
  EXPECT(second.end() == Status::exhausted);
}

TEST("the cleaner's thread does not wait for what it is to clean itself") {
  const Folder folder;
  if (folder.refuses_files()) return;
  PoolOptions options = slots(2, 5);
  options.scratch = {{folder.path(), 4 * page}};
  const auto pool = make(options);
  Tenant tenant(pool);
  const Grant memory = tenant.take(large());
  const Grant scratch = tenant.take(large());
  const Grant last_page = tenant.take(small());
  Pause pause;
  (void)tenant.wait(small());  // has the cleaner look, once it is let go on
  (void)tenant.wait(large());
  tenant.drop(scratch);  // to be cleaned after that
  tenant.drop(last_page);
  EXPECT(tenant.rings() == 1);
  pause.end();
  while (tenant.rings() < 2) std::this_thread::yield();
  Grant grant;
  EXPECT(tenant.take_grant(grant) == Status::ok);
  EXPECT(tenant.take_grant(grant) == Status::ok);
  EXPECT(pool->is_in_scratch(grant.lease.slot));
  EXPECT(!pool->is_in_scratch(memory.lease.slot));
}

TEST("memory that is on its way back when its pool closes goes altogether") {
  const auto pool = make(slots(1, 4));
  Tenant tenant(pool);
  write_and_drop(tenant, large());
  HeldUp held_up(Call::discard);
  (void)tenant.wait(small());
  held_up.await_call();
  pool->close(tenant.owner());
  held_up.end();
  await_cleaner();
  EXPECT(pool->stats().held_bytes == 0);
  EXPECT(pool->stats().free == 5);
}

TEST("who leaves while he is being served leaves a slot for the next one") {
  PoolOptions clearing = slots(1, 4);
  clearing.contents.clear = true;
  const auto pool = make(clearing);
  Tenant tenant(pool);
  Tenant leaver(pool);
  const Grant wide = tenant.take(large());
  tenant.paint(wide, 1);
  HeldUp held_up(Call::discard);  // of the tail
  (void)leaver.wait({0, page});
  tenant.drop(wide);
  held_up.await_call();
  pool->leave(leaver.owner());
  held_up.end();
  await_cleaner();
  EXPECT(pool->stats().leased == 0);
  EXPECT(pool->stats().waiting == 0);
  EXPECT(tenant.shows(tenant.take(large()), 0));
}

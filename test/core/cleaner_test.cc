#include "cleaner.h"

#include <atomic>
#include <thread>
#include <vector>

#include "harness.h"
#include "pause.h"

using namespace pixelpool;

TEST("jobs are done in their order, on one other thread") {
  std::vector<int> done;
  std::vector<std::thread::id> threads;
  for (int i = 0; i < 20; i++) {
    Cleaner::add([&, i] {
      done.push_back(i);
      threads.push_back(std::this_thread::get_id());
    });
  }
  await_cleaner();
  EXPECT(done.size() == 20);
  for (std::size_t i = 0; i < done.size(); i++) {
    EXPECT(done[i] == static_cast<int>(i));
    EXPECT(threads[i] == threads[0]);
    EXPECT(threads[i] != std::this_thread::get_id());
  }
}

TEST("a job may add another one") {
  std::atomic<int> done{0};
  Cleaner::add([&] {
    done++;
    Cleaner::add([&] { done++; });
  });
  await_cleaner();
  EXPECT(done == 2);
}

TEST("a job holds what it works on until it is done, and no longer") {
  const auto thing = std::make_shared<int>(1);
  Pause pause;
  Cleaner::add([held = thing] { (void)held; });
  EXPECT(thing.use_count() == 2);
  pause.end();
  await_cleaner();
  EXPECT(thing.use_count() == 1);
}

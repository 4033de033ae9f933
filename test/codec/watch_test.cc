#include "watch.h"

#include <string>
#include <thread>

#include "harness.h"

using namespace pixelpool;

namespace {

// A libvips of nothing but one signal, which keeps what it was told.
struct Signal {
  using Handler = void (*)(VipsImage*, VipsProgress*, void*);
  std::string name;
  Handler handler = nullptr;
  void* data = nullptr;
  int progress = -1;
  int kill = -1;
};
Signal signal;

unsigned long connect(void*, const char* name, void (*handler)(), void* data,
                      void (*)(void*, void*), int) {
  signal.name = name;
  signal.handler = reinterpret_cast<Signal::Handler>(handler);
  signal.data = data;
  return 7;
}

void disconnect(void*, unsigned long handler) {
  EXPECT(handler == 7);
  signal.handler = nullptr;
}

Libvips with_signal() {
  signal = Signal{};
  Libvips vips{};
  vips.g_signal_connect_data = connect;
  vips.g_signal_handler_disconnect = disconnect;
  vips.vips_image_set_progress = [](VipsImage*, int on) { signal.progress = on; };
  vips.vips_image_set_kill = [](VipsImage*, int kill) { signal.kill = kill; };
  return vips;
}

void evaluate(int percent) {
  VipsProgress progress{};
  progress.percent = percent;
  signal.handler(nullptr, &progress, signal.data);
}

}  // namespace

TEST("the percent only grows, and is told each time it has") {
  int told = 0;
  Watch watch([&] { told++; });
  EXPECT(watch.percent() == 0);
  for (const int percent : {0, 3, 3, 2, 50, 49, 100, 100}) watch.tell(percent);
  EXPECT(watch.percent() == 100);
  EXPECT(told == 3);
}

TEST("a watch of nobody takes what it is told") {
  Watch watch;
  watch.tell(10);
  EXPECT(watch.percent() == 10);
}

TEST("a watch is cancelled once and for all") {
  Watch watch;
  EXPECT(!watch.cancelled());
  watch.cancel();
  watch.cancel();
  EXPECT(watch.cancelled());
}

TEST("one thread works and tells while others read and cancel") {
  std::atomic<int> told = 0;
  Watch watch([&] { told++; });
  std::thread worker([&] {
    for (int percent = 1; percent <= 100; percent++) watch.tell(percent);
    while (!watch.cancelled()) std::this_thread::yield();
  });
  int before = 0;
  bool grows = true;
  while (before < 100) {
    const int percent = watch.percent();
    grows = grows && before <= percent;
    before = percent;
  }
  watch.cancel();
  worker.join();
  EXPECT(grows);
  EXPECT(told == 100);
}

TEST("an image is watched from eval to eval, and no longer than the watch lives") {
  const Libvips vips = with_signal();
  Watch watch;
  {
    const Watched watched(vips, nullptr, watch);
    EXPECT(signal.name == "eval");
    EXPECT(signal.progress == 1);
    evaluate(40);
    EXPECT(watch.percent() == 40);
    EXPECT(signal.kill == -1);
  }
  EXPECT(signal.handler == nullptr);
  EXPECT(signal.progress == 0);
}

TEST("a cancelled job's image is killed at the next eval") {
  const Libvips vips = with_signal();
  Watch watch;
  const Watched watched(vips, nullptr, watch);
  watch.cancel();
  EXPECT(signal.kill == -1);
  evaluate(10);
  EXPECT(signal.kill == 1);
}

#include "harness.h"

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a test that ends the process is known by its name
  int failed = 0;
  for (const Test& test : tests()) {
    failures = 0;
    test.run();
    std::printf("%s %s\n", failures == 0 ? "ok    " : "not ok", test.name);
    if (failures > 0) failed++;
  }
  std::printf("%d passed, %d failed\n", static_cast<int>(tests().size()) - failed, failed);
  return failed == 0 ? 0 : 1;
}

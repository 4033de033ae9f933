#pragma once

#include <cstdio>
#include <vector>

// The whole test framework of the core: TEST registers a function, EXPECT counts what fails.

struct Test {
  const char* name;
  void (*run)();
  bool alone;  // in a process of its own, which what it does to the process ends with
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

inline int failures = 0;

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define TEST_(name, alone)                                             \
  static void JOIN(test_, __LINE__)();                                 \
  static const bool JOIN(registered_, __LINE__) =                      \
      (tests().push_back({name, JOIN(test_, __LINE__), alone}), true); \
  static void JOIN(test_, __LINE__)()
#define TEST(name) TEST_(name, false)
#define TEST_ALONE(name) TEST_(name, true)

#define EXPECT(condition)                                             \
  do {                                                                \
    if (!(condition)) {                                               \
      failures++;                                                     \
      std::printf("    %s:%d: %s\n", __FILE__, __LINE__, #condition); \
    }                                                                 \
  } while (false)
